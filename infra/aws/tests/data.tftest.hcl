# Rules of the data component's variables; see api.tftest.hcl.

variables {
  environment = "dev"
  region      = "eu-west-3"
}

run "defaults_are_enough" {
  command = plan
}

run "readings_are_whole" {
  command = plan

  variables {
    max_readings_per_second = 1.5
  }

  expect_failures = [var.max_readings_per_second]
}

run "beyond_this_the_design_changes" {
  command = plan

  variables {
    max_readings_per_second = 10001
  }

  expect_failures = [var.max_readings_per_second]
}

run "recovery_has_a_limit" {
  command = plan

  variables {
    point_in_time_recovery_days = 36
  }

  expect_failures = [var.point_in_time_recovery_days]
}

run "region_is_a_region" {
  command = plan

  variables {
    region = "Paris"
  }

  expect_failures = [var.region]
}

run "a_backup_goes_to_a_vault" {
  command = plan

  variables {
    backup_vault_arn = "sentori"
  }

  expect_failures = [var.backup_vault_arn]
}

run "there_is_always_a_copy" {
  command = plan

  variables {
    backup_days = 30
  }

  expect_failures = [var.backup_days]
}

run "no_copy_is_kept_for_more_than_a_hundred_years" {
  command = plan

  variables {
    backup_days = 36501
  }

  expect_failures = [var.backup_days]
}

run "a_key_is_no_alias" {
  command = plan

  variables {
    kms_key_arn = "alias/sentori"
  }

  expect_failures = [var.kms_key_arn]
}
