variable "domain_name" {
  description = "The name."
  type        = string
}

variable "hosted_zone_name" {
  description = "Public Route 53 zone that the name lies in."
  type        = string
}

variable "api_id" {
  description = "Id of the HTTP API."
  type        = string
}

variable "stage_id" {
  description = "Stage that the name leads to."
  type        = string
}
