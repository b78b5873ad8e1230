# Rules of the grafana component's variables; see api.tftest.hcl.

variables {
  environment = "dev"
  region      = "eu-west-3"
}

run "https_needs_nothing_more" {
  command = plan
}

run "an_http_api_can_keep_nobody_out" {
  command = plan

  variables {
    allowed_cidrs = ["203.0.113.7/32"]
  }

  expect_failures = [var.allowed_cidrs]
}

run "nor_may_visitors_look_there_without_a_login" {
  command = plan

  variables {
    anonymous_viewer = true
  }

  expect_failures = [var.anonymous_viewer]
}

run "tunnel_needs_nothing_more" {
  command = plan

  variables {
    access = "tunnel"
  }
}

run "tunnel_is_open_to_nobody" {
  command = plan

  variables {
    access        = "tunnel"
    allowed_cidrs = ["203.0.113.7/32"]
  }

  expect_failures = [var.allowed_cidrs]
}

run "load_balancer_needs_ranges_and_a_name" {
  command = plan

  variables {
    access = "load_balancer"
  }

  expect_failures = [var.allowed_cidrs, var.domain_name]
}

run "load_balancer_with_ranges_and_a_name" {
  command = plan

  variables {
    access           = "load_balancer"
    allowed_cidrs    = ["203.0.113.7/32"]
    domain_name      = "grafana.example.org"
    hosted_zone_name = "example.org"
  }
}

run "visitors_of_the_whole_internet_need_a_login" {
  command = plan

  variables {
    access           = "load_balancer"
    allowed_cidrs    = ["0.0.0.0/0"]
    domain_name      = "grafana.example.org"
    hosted_zone_name = "example.org"
    anonymous_viewer = true
  }

  expect_failures = [var.anonymous_viewer]
}

run "ranges_are_ranges" {
  command = plan

  variables {
    access           = "load_balancer"
    allowed_cidrs    = ["office"]
    domain_name      = "grafana.example.org"
    hosted_zone_name = "example.org"
  }

  expect_failures = [var.allowed_cidrs]
}

run "fargate_offers_this_memory" {
  command = plan

  variables {
    cpu       = 1024
    memory_mb = 1024
  }

  expect_failures = [var.memory_mb]
}

run "fargate_offers_four_cpus_no_more_than_this" {
  command = plan

  variables {
    cpu       = 4096
    memory_mb = 31744
  }

  expect_failures = [var.memory_mb]
}

run "fargate_offers_four_cpus_this" {
  command = plan

  variables {
    cpu       = 4096
    memory_mb = 30720
  }
}

run "a_network_has_a_largest_size" {
  command = plan

  variables {
    vpc_cidr_block = "10.0.0.0/15"
  }

  expect_failures = [var.vpc_cidr_block]
}

run "a_network_has_room_for_subnets" {
  command = plan

  variables {
    vpc_cidr_block = "10.0.0.0/25"
  }

  expect_failures = [var.vpc_cidr_block]
}

run "a_network_of_the_smallest_size" {
  command = plan

  variables {
    vpc_cidr_block = "10.0.0.0/24"
  }
}

run "a_network_has_addresses_of_version_4" {
  command = plan

  variables {
    vpc_cidr_block = "fd00::/20"
  }

  expect_failures = [var.vpc_cidr_block]
}

run "a_certificate_has_a_short_name" {
  command = plan

  variables {
    domain_name      = "grafana.a-name-that-is-rather-longer-than-a-certificate-takes.example.org"
    hosted_zone_name = "example.org"
  }

  expect_failures = [var.domain_name]
}
