//! DynamoDB's metrics of a table and its indexes.
//! Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html>

/// Declares DynamoDB's metrics of tables, of their indexes and by operation: dimensions of
/// the names `TableName`, `GlobalSecondaryIndexName` and `Operation`.
#[macro_export]
macro_rules! dynamodb_metrics {
    ($table:ty, $index:ty, $operation:ty) => {
        $crate::telemetry::catalogue! {
        namespace: "AWS/DynamoDB";
        /// Read capacity that was consumed, by a table and by each of its indexes.
        CONSUMED_READ_CAPACITY: Counter {
            name: "ConsumedReadCapacityUnits",
            unit: CapacityUnits,
            by: [[$table], [$table, $index]],
            sample: Rate { per_minute: 60.0 },
        }
        /// Write capacity that was consumed, by a table and by each of its indexes.
        CONSUMED_WRITE_CAPACITY: Counter {
            name: "ConsumedWriteCapacityUnits",
            unit: CapacityUnits,
            by: [[$table], [$table, $index]],
            sample: Rate { per_minute: 600.0 },
        }
        /// Reads that were throttled.
        READ_THROTTLE_EVENTS: Counter {
            name: "ReadThrottleEvents",
            unit: Count,
            by: [[$table], [$table, $index]],
            sample: Rate { per_minute: 0.05 },
        }
        /// Writes that were throttled.
        WRITE_THROTTLE_EVENTS: Counter {
            name: "WriteThrottleEvents",
            unit: Count,
            by: [[$table], [$table, $index]],
            sample: Rate { per_minute: 0.05 },
        }
        /// Time DynamoDB itself took for successful requests, without the network.
        SUCCESSFUL_REQUEST_LATENCY: Distribution {
            name: "SuccessfulRequestLatency",
            unit: Milliseconds,
            by: [[$table, $operation]],
            sample: Tail { median: 3.0, p99: 15.0 },
        }
        /// Requests that failed with a 5xx status inside DynamoDB.
        SYSTEM_ERRORS: Counter {
            name: "SystemErrors",
            unit: Count,
            by: [[$table, $operation]],
            sample: Rate { per_minute: 0.01 },
        }
        /// Requests of this account and region that failed with a 4xx status.
        USER_ERRORS: Counter {
            name: "UserErrors",
            unit: Count,
            by: [[]],
            sample: Rate { per_minute: 0.1 },
        }
        /// Conditional writes whose condition did not hold, such as a start at the limit.
        CONDITIONAL_CHECK_FAILED: Counter {
            name: "ConditionalCheckFailedRequests",
            unit: Count,
            by: [[$table]],
            sample: Rate { per_minute: 0.3 },
        }
        /// Requests that lost against another transaction on the same item.
        TRANSACTION_CONFLICT: Counter {
            name: "TransactionConflict",
            unit: Count,
            by: [[$table]],
            sample: Rate { per_minute: 0.1 },
        }
        }
    };
}
