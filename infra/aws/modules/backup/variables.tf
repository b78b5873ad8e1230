variable "name" {
  description = "Prefix of every name, with the environment in it."
  type        = string
}

variable "role_suffix" {
  description = "Region, the last part of the role's name: roles belong to the account, backups to a region."
  type        = string
}

variable "table_arns" {
  description = "Tables that are backed up."
  type        = list(string)
}

variable "copy_to" {
  description = "ARN of the vault in the other account."
  type        = string
}

variable "keep_days" {
  description = "Days that a copy is kept."
  type        = number
}

variable "kms_key_arn" {
  description = "Key of your own that the backups are encrypted with on their way."
  type        = string
}

variable "permissions_boundary" {
  description = "ARN of the policy that bounds the role; null for none."
  type        = string
  default     = null
}
