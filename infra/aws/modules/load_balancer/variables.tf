variable "name" {
  description = "Name of the load balancer, with the environment in it; at most 32 characters."
  type        = string
}

variable "vpc_id" {
  description = "VPC it lives in."
  type        = string
}

variable "subnet_ids" {
  description = "Two public subnets."
  type        = list(string)
}

variable "allowed_cidrs" {
  description = "IPv4 ranges that may connect."
  type        = set(string)
}

variable "task_security_group_id" {
  description = "Security group of the task, which is opened to this load balancer."
  type        = string
}

variable "port" {
  description = "Port that Grafana listens on."
  type        = number
}

variable "domain_name" {
  description = "Name under which Grafana is reached."
  type        = string
}

variable "hosted_zone_name" {
  description = "Public Route 53 zone that the name lies in."
  type        = string
}
