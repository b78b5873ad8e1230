# All variables: infra/aws/grafana/variables.tf.

# Behind a load balancer, about $35 a month:
access           = "load_balancer"
domain_name      = "grafana.example.org"
hosted_zone_name = "example.org"
allowed_cidrs    = ["203.0.113.0/24"]

# Or through a tunnel, about $11 a month: access = "tunnel" and allowed_cidrs = [].
