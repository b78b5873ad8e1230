variable "name" {
  description = "Name of what is made here, with the environment in it."
  type        = string
}

variable "vpc_id" {
  description = "VPC of the task."
  type        = string
}

variable "subnet_ids" {
  description = "Subnets in which the VPC link gets an address each."
  type        = list(string)
}

variable "task_security_group_id" {
  description = "Security group of the task, which is opened to the VPC link."
  type        = string
}

variable "port" {
  description = "Port that Grafana listens on."
  type        = number
}

variable "log_retention_days" {
  description = "Days that access logs are kept."
  type        = number
}

variable "domain_name" {
  description = "Name under which Grafana is reached; null for the address that API Gateway gives."
  type        = string
}

variable "hosted_zone_name" {
  description = "Public Route 53 zone that the name lies in."
  type        = string
}

variable "kms_key_arn" {
  description = "Key of your own that encrypts the access log; null for the one that AWS manages."
  type        = string
  default     = null
}
