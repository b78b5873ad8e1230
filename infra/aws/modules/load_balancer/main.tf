# HTTPS in front of Grafana, for the addresses that are allowed and no other.

module "certificate" {
  source = "../certificate"

  domain_name      = var.domain_name
  hosted_zone_name = var.hosted_zone_name
}

resource "aws_security_group" "this" {
  name        = "${var.name}-lb"
  description = "Grafana load balancer ${var.name}: HTTPS from the allowed addresses"
  vpc_id      = var.vpc_id

  tags = { Name = "${var.name}-lb" }
}

resource "aws_vpc_security_group_ingress_rule" "https" {
  for_each = var.allowed_cidrs

  security_group_id = aws_security_group.this.id
  description       = "HTTPS from an allowed address"
  cidr_ipv4         = each.key
  from_port         = 443
  to_port           = 443
  ip_protocol       = "tcp"
}

resource "aws_vpc_security_group_egress_rule" "grafana" {
  security_group_id            = aws_security_group.this.id
  description                  = "To Grafana"
  referenced_security_group_id = var.task_security_group_id
  from_port                    = var.port
  to_port                      = var.port
  ip_protocol                  = "tcp"
}

resource "aws_vpc_security_group_ingress_rule" "task" {
  security_group_id            = var.task_security_group_id
  description                  = "Grafana from its load balancer"
  referenced_security_group_id = aws_security_group.this.id
  from_port                    = var.port
  to_port                      = var.port
  ip_protocol                  = "tcp"
}

resource "aws_lb" "this" {
  #checkov:skip=CKV_AWS_150:Deletion protection would keep `enabled = false` from removing what costs most; nothing is lost with it.
  #checkov:skip=CKV_AWS_91:Access logs need a bucket and are read by nobody: Grafana logs its own requests.
  #checkov:skip=CKV2_AWS_28:A web application firewall costs $5 a month and more; the allowed addresses and a login stand here.
  name               = var.name
  load_balancer_type = "application"
  security_groups    = [aws_security_group.this.id]
  subnets            = var.subnet_ids

  drop_invalid_header_fields = true
}

resource "aws_lb_target_group" "this" {
  #checkov:skip=CKV_AWS_378:TLS ends at the load balancer; the hop to the task stays inside the VPC.
  name                 = var.name
  port                 = var.port
  protocol             = "HTTP"
  target_type          = "ip"
  vpc_id               = var.vpc_id
  deregistration_delay = 10

  health_check {
    path                = "/api/health"
    matcher             = "200"
    interval            = 15
    healthy_threshold   = 2
    unhealthy_threshold = 4
  }
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.this.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = module.certificate.arn

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this.arn
  }
}

resource "aws_route53_record" "this" {
  zone_id = module.certificate.zone_id
  name    = var.domain_name
  type    = "A"

  alias {
    name                   = aws_lb.this.dns_name
    zone_id                = aws_lb.this.zone_id
    evaluate_target_health = false
  }
}
