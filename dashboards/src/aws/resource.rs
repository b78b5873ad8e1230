//! Resources that every function has, named after the function.

use telemetry::{Dimension, DimensionDefinition};

use crate::model::{Naming, Resource};

macro_rules! resource_of_a_function {
    ($(#[$doc:meta])* $name:ident as $dimension:literal, $variable:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub struct $name<S>(pub S);

        impl<S: Dimension> $name<S> {
            /// How they are named: a pattern with `{environment}` and `{name}`.
            pub const fn named(pattern: &'static str) -> Resource {
                Resource {
                    dimension: $dimension,
                    variable: $variable,
                    naming: Naming::Pattern(pattern),
                }
            }
        }

        impl<S: Dimension> Dimension for $name<S> {
            const DEFINITION: DimensionDefinition = DimensionDefinition {
                name: $dimension,
                values: S::DEFINITION.values,
                // Nobody but AWS writes events of these metrics.
                members: &[],
            };

            fn index(self) -> usize {
                self.0.index()
            }

            fn from_index(index: usize) -> Option<Self> {
                S::from_index(index).map(Self)
            }

            fn from_value(value: &str) -> Option<Self> {
                S::from_value(value).map(Self)
            }
        }
    };
}

resource_of_a_function! {
    /// A Lambda function, by the short name that the service dimension has for it.
    Function as "FunctionName", "function_names"
}

resource_of_a_function! {
    /// The log group of a Lambda function.
    LogGroup as "LogGroupName", "log_group_names"
}
