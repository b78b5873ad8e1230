//! Makes a router for each function, and the OpenAPI document of all, of one list.

/// Takes the routes of each function with their handlers, and the bytes that a body may have.
///
/// A route of the catalogue or a function that is not in the list does not compile.
macro_rules! routes {
    ($(
        $service:ident, bodies of $bytes:expr => {
            $( $route:ident: $module:ident::$handler:ident, )+
        }
    )+) => {
        /// The routes of a function as axum serves them. Each start makes them anew, so they are
        /// not described here.
        fn routes_of(service: Service) -> Router<AppState> {
            match service {
                $( Service::$service => {
                    Router::new()
                        $( .route(path(Route::$route), on(method(Route::$route), $module::$handler)) )+
                        .layer(DefaultBodyLimit::max($bytes))
                } )+
            }
        }

        /// The function that answers a route.
        pub fn function_of(route: Route) -> Option<Service> {
            match route {
                $( $( Route::$route )|+ => Some(Service::$service), )+
                Route::Unmatched => None,
            }
        }

        /// The name of each route's handler.
        #[cfg(test)]
        const HANDLERS: &[(Route, &str)] = &[
            $($( (Route::$route, stringify!($handler)) ),+),+
        ];

        /// What the handlers say of themselves.
        #[derive(utoipa::OpenApi)]
        #[openapi(paths($($( $module::$handler ),+),+))]
        struct Described;
    };
}

pub(super) use routes;
