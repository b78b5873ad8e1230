# All variables: infra/aws/grafana/variables.tf.

# HTTPS without a load balancer, about $13 a month, at an address that API Gateway gives:
access = "https"

# The same under a name of your own:
# domain_name      = "grafana.example.org"
# hosted_zone_name = "example.org"

# Behind a load balancer, about $36 a month, for your own addresses only:
# access           = "load_balancer"
# domain_name      = "grafana.example.org"
# hosted_zone_name = "example.org"
# allowed_cidrs    = ["203.0.113.0/24"]

# Through a tunnel, about $12 a month, open to nobody:
# access = "tunnel"
