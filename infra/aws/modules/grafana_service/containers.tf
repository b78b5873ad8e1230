# The task: one container fetches what Grafana shows, then Grafana starts. Both images are pinned by
# digest; docs/decisions says how the digests were established. No secret stands here: ECS reads
# the password when the task starts.

locals {
  images = {
    # 2.37.0
    aws_cli = "public.ecr.aws/aws-cli/aws-cli@sha256:337494c2047176fe9abcf45a5d1eaf1c2c62cae40953284fb1143b5c6170f065"
    # 13.2.2
    grafana = "docker.io/grafana/grafana@sha256:ac461fb352abc50da10a51c7d02462e9c05488f11f53f14b3ad79a8145f638a0"
  }

  xray_plugin = "grafana-x-ray-datasource@2.17.7"

  # What Grafana brings or would fetch from its catalogue at the start, without a version, and no
  # dashboard uses: the list of its pkg/setting/setting_plugins.go, without cloudwatch. On a quarter of a
  # vCPU each of them costs seconds and memory.
  unused_plugins = [
    "elasticsearch",
    "grafana-advisor-app",
    "grafana-exploretraces-app",
    "grafana-lokiexplore-app",
    "grafana-metricsdrilldown-app",
    "grafana-postgresql-datasource",
    "grafana-pyroscope-app",
    "grafana-pyroscope-datasource",
    "influxdb",
    "jaeger",
    "loki",
    "mssql",
    "mysql",
    "opentsdb",
    "prometheus",
    "stackdriver",
    "tempo",
    "zipkin",
  ]

  content_path = "/etc/sentori"

  log_configuration = {
    logDriver = "awslogs"
    options = {
      awslogs-group         = aws_cloudwatch_log_group.this.name
      awslogs-region        = var.region
      awslogs-stream-prefix = "grafana"
    }
  }

  containers = [
    {
      name      = "provisioning"
      image     = local.images.aws_cli
      essential = false
      command   = ["s3", "sync", "s3://${var.content.bucket}", local.content_path, "--delete", "--no-progress"]

      mountPoints      = [{ sourceVolume = "content", containerPath = local.content_path, readOnly = false }]
      logConfiguration = local.log_configuration
    },
    {
      name      = "grafana"
      image     = local.images.grafana
      essential = true
      dependsOn = [{ containerName = "provisioning", condition = "SUCCESS" }]

      # The key signs and encrypts what the task's own database holds, and dies with it.
      entryPoint = ["sh", "-c"]
      command    = ["GF_SECURITY_SECRET_KEY=$(head -c 32 /dev/urandom | base64) && export GF_SECURITY_SECRET_KEY && exec /run.sh"]

      portMappings = [{ containerPort = var.port, protocol = "tcp" }]
      mountPoints  = [{ sourceVolume = "content", containerPath = local.content_path, readOnly = true }]

      environment = [for name, value in local.grafana_environment : { name = name, value = value }]

      secrets = [{ name = "GF_SECURITY_ADMIN_PASSWORD", valueFrom = local.password_arn }]

      # A fresh database takes its migrations 20 to 30 s of a whole core, so two minutes of a quarter, and
      # the plugin is downloaded before. Ten minutes are the most that ECS lets a container have.
      healthCheck = {
        command     = ["CMD-SHELL", "wget -q -O /dev/null http://127.0.0.1:${var.port}/api/health || exit 1"]
        interval    = 30
        timeout     = 10
        retries     = 10
        startPeriod = 300
      }

      # Lets `aws ecs execute-command` and the tunnel end cleanly, and reaps their processes.
      linuxParameters  = { initProcessEnabled = true }
      logConfiguration = local.log_configuration
    },
  ]

  grafana_environment = {
    # Not read by Grafana: another hash is another task definition, so ECS starts a task that
    # fetches the new content.
    SENTORI_CONTENT_SHA256 = var.content.sha256

    GF_PATHS_PROVISIONING = "${local.content_path}/provisioning"
    GF_SERVER_HTTP_PORT   = tostring(var.port)
    GF_SERVER_ROOT_URL    = "${var.url}/"
    GF_LOG_MODE           = "console"

    # One plugin is fetched, at its version, before Grafana answers; none is replaced by a newer one.
    GF_PLUGINS_PREINSTALL_SYNC        = local.xray_plugin
    GF_PLUGINS_PREINSTALL_AUTO_UPDATE = "false"
    GF_PLUGINS_DISABLE_PLUGINS        = join(",", local.unused_plugins)

    # Data sources that run as processes of their own find the task's role in its environment.
    GF_PLUGINS_FORWARD_HOST_ENV_VARS = "cloudwatch,grafana-x-ray-datasource"

    # A login is needed; where the deployer asked for it, a visitor may look and no more.
    GF_AUTH_ANONYMOUS_ENABLED  = tostring(var.anonymous_viewer)
    GF_AUTH_ANONYMOUS_ORG_ROLE = "Viewer"
    GF_USERS_ALLOW_SIGN_UP     = "false"
    GF_USERS_ALLOW_ORG_CREATE  = "false"
    GF_SECURITY_COOKIE_SECURE  = tostring(startswith(var.url, "https://"))

    # What stands in front may name another host than the browser does.
    GF_SECURITY_CSRF_TRUSTED_ORIGINS = trimprefix(trimprefix(var.url, "https://"), "http://")

    # Nothing here streams, and an HTTP API could not.
    GF_LIVE_MAX_CONNECTIONS = "0"

    # Nothing leaves for grafana.com but the download of the plugin.
    GF_ANALYTICS_REPORTING_ENABLED        = "false"
    GF_ANALYTICS_CHECK_FOR_UPDATES        = "false"
    GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES = "false"
    GF_SECURITY_DISABLE_GRAVATAR          = "true"
    GF_SNAPSHOTS_EXTERNAL_ENABLED         = "false"
    GF_PLUGINS_PLUGIN_ADMIN_ENABLED       = "false"
    GF_UNIFIED_ALERTING_ENABLED           = "false"
    GF_DASHBOARDS_MIN_REFRESH_INTERVAL    = "30s"
    GF_AWS_ALLOWED_AUTH_PROVIDERS         = "default"
    GF_AWS_ASSUME_ROLE_ENABLED            = "false"
    GF_DATABASE_WAL                       = "true"
    GF_USERS_DEFAULT_THEME                = "system"
  }
}
