# All variables: infra/aws/api/variables.tf.

# Choose "jwt" (then also jwt_issuer and jwt_audience) or "anonymous".
authentication = "jwt"
jwt_issuer     = "https://cognito-idp.eu-west-3.amazonaws.com/eu-west-3_EXAMPLE"
jwt_audience   = ["example-client-id"]

allowed_origins  = ["https://app.example.org"]
runbook_base_url = "https://github.com/example/sentori/blob/main/docs/runbooks"

# Who is woken, and who reads in the morning. `alarm_profile = "prod"` refuses to plan without the first.
page_emails   = ["oncall@example.org"]
ticket_emails = ["team@example.org"]

# alarm_profile = "prod"
# grafana_url   = "https://grafana.example.org"

# With little traffic trace everything; the default, 5% and 0.5%, is for a million readings a day.
# trace_sampling_rates = { run-api = 1, sensor-api = 1 }

# Once the account's quota of concurrent executions is 1000 (new accounts have 10):
# reserve_concurrency = true
