variable "domain_name" {
  description = "The name the certificate is for."
  type        = string
}

variable "hosted_zone_name" {
  description = "The public Route 53 hosted zone that the name lies in."
  type        = string
}
