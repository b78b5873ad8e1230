# Copy this folder to environments/dev (or prod) and edit. All variables: infra/aws/data/variables.tf.

# The one number that everything is sized by; docs/cost.md says what it costs at worst.
max_readings_per_second = 50
