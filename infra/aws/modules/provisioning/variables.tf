variable "name" {
  description = "Prefix of the bucket's name, with the environment in it; at most 36 characters."
  type        = string
}

variable "environment" {
  description = "Environment that the dashboards open on."
  type        = string
}

variable "provisioning_dir" {
  description = "Folder with datasources/ and dashboards/ as Grafana's provisioning reads them."
  type        = string
}

variable "dashboards_dir" {
  description = "Folder with the rendered dashboards."
  type        = string
}
