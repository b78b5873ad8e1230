output "arn" {
  description = "ARN of the certificate, once it is valid."
  value       = aws_acm_certificate_validation.this.certificate_arn
}

output "zone_id" {
  description = "Id of the hosted zone, for the record that points to what uses the certificate."
  value       = data.aws_route53_zone.this.zone_id
}
