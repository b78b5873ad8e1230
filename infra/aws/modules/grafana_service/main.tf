# Grafana as one Fargate task. Its database lives and dies with the task: everything worth keeping is
# provisioned, so losing a task loses sessions and nothing else.

# The password of the user admin is no resource of Terraform: whoever plans would have to read it.
# scripts/password draws it, and the task reads it by this name when it starts.
locals {
  password_parameter = "/${var.prefix}-grafana/admin-password"
  password_arn       = "arn:${data.aws_partition.current.partition}:ssm:${var.region}:${data.aws_caller_identity.current.account_id}:parameter${local.password_parameter}"
}

resource "aws_cloudwatch_log_group" "this" {
  #checkov:skip=CKV_AWS_158:CloudWatch Logs encrypts at rest; a customer-managed key is a choice, `kms_key_arn`.
  #checkov:skip=CKV_AWS_338:Retention is the deployer's choice: logs are paid by the GB and month.
  name              = "/ecs/${var.prefix}-grafana"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

resource "aws_ecs_cluster" "this" {
  #checkov:skip=CKV_AWS_65:Container Insights costs more a month than the container it watches.
  name = "${var.prefix}-grafana"
}

resource "aws_ecs_task_definition" "this" {
  #checkov:skip=CKV_AWS_336:Grafana writes its database and plugins below its root, and the tunnel's agent needs to write too; both vanish with the task.
  #checkov:skip=CKV_AWS_97:The only volume is the task's own scratch space, which Fargate encrypts.
  family                   = "${var.prefix}-grafana"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.cpu
  memory                   = var.memory_mb
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.task.arn
  container_definitions    = jsonencode(local.containers)

  runtime_platform {
    cpu_architecture        = "ARM64"
    operating_system_family = "LINUX"
  }

  volume {
    name = "content"
  }
}

resource "aws_security_group" "task" {
  name        = "${var.prefix}-grafana"
  description = "Grafana task: nobody in but the way that was chosen, HTTPS out"
  vpc_id      = var.vpc_id

  tags = { Name = "${var.prefix}-grafana" }
}

resource "aws_vpc_security_group_egress_rule" "https" {
  security_group_id = aws_security_group.task.id
  description       = "AWS, image registries and the plugin catalogue"
  cidr_ipv4         = "0.0.0.0/0"
  from_port         = 443
  to_port           = 443
  ip_protocol       = "tcp"
}

resource "aws_ecs_service" "this" {
  #checkov:skip=CKV_AWS_333:Without a NAT gateway (36 dollars a month) the public address is the way out; the security group lets in the chosen way and nobody else.
  count = var.enabled ? 1 : 0

  name                   = "grafana"
  cluster                = aws_ecs_cluster.this.id
  task_definition        = aws_ecs_task_definition.this.arn
  desired_count          = 1
  enable_execute_command = var.tunnel
  wait_for_steady_state  = true

  # Moving to Spot and back is a deployment, which ECS does not start by itself.
  force_new_deployment = true

  capacity_provider_strategy {
    capacity_provider = var.spot ? "FARGATE_SPOT" : "FARGATE"
    weight            = 1
  }

  # The new task is healthy before the old one goes; one that never is, is taken back.
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets          = var.subnet_ids
    security_groups  = [aws_security_group.task.id]
    assign_public_ip = true
  }

  dynamic "load_balancer" {
    for_each = var.target_group_arn[*]

    content {
      target_group_arn = load_balancer.value
      container_name   = "grafana"
      container_port   = var.port
    }
  }

  dynamic "service_registries" {
    for_each = var.registry_arn[*]

    content {
      registry_arn   = service_registries.value
      container_name = "grafana"
      container_port = var.port
    }
  }

  # The balancer must wait as long as the container's own health check does.
  health_check_grace_period_seconds = var.target_group_arn == null ? null : 600

  timeouts {
    create = "30m"
    update = "30m"
  }

  depends_on = [aws_ecs_cluster_capacity_providers.this, aws_iam_role_policy.task, aws_iam_role_policy.execution]
}

resource "aws_ecs_cluster_capacity_providers" "this" {
  cluster_name       = aws_ecs_cluster.this.name
  capacity_providers = ["FARGATE", "FARGATE_SPOT"]
}
