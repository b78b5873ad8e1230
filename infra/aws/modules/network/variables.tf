variable "name" {
  description = "Name of the network, with the environment in it."
  type        = string
}

variable "cidr_block" {
  description = "Addresses of the network, a /20 or larger."
  type        = string
}
