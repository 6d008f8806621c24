//! `/openapi.json`: OpenAPI 3.1, made from the methods and their types.

use super::{events::DIGITS, metrics, reply, sessions};
use crate::{Code, ErrorReply, Method, Scope, Verb, Visitor, methods, wire};
use axum::response::Response;
use std::{collections::BTreeMap, sync::OnceLock};
use utoipa::{
    PartialSchema as _, ToSchema,
    openapi::{
        Components, Content, HttpMethod, Info, OpenApi, Paths, Ref, RefOr, Required, Schema,
        path::{Operation, OperationBuilder, Parameter, ParameterBuilder, ParameterIn},
        request_body::RequestBodyBuilder,
        response::{Response as Reply, ResponseBuilder},
        schema::{AdditionalProperties, Object, ObjectBuilder, SchemaType, Type},
        security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme},
    },
};

const READ: &str = "read";
const CONTROL: &str = "control";
const SESSION: &str = "session";

/// The description of the whole API.
pub fn document() -> OpenApi {
    let mut description = Description { paths: Paths::new(), schemas: BTreeMap::new() };
    methods::each(&mut description);
    description.add::<ErrorReply>();
    description.add::<wire::EventRecord>();
    description.add::<wire::Gap>();
    description.add::<Scope>();
    description.path("/events", HttpMethod::Get, events());
    description.path("/metrics", HttpMethod::Get, numbers());
    description.path("/openapi.json", HttpMethod::Get, itself());
    description.path("/", HttpMethod::Get, page());
    let link = description.add::<wire::LoginLink>();
    description.path("/login-links", HttpMethod::Post, login_links(link));
    description.path("/login", HttpMethod::Get, login());
    let ended = description.add::<wire::LogoutReply>();
    description.path("/logout", HttpMethod::Post, logout(ended));
    let rotated = description.add::<wire::TokenRotated>();
    description.path("/tokens/rotate", HttpMethod::Post, rotate(rotated));
    let mut components = Components::new();
    components.schemas = description.schemas;
    for (name, description) in [
        (READ, "The content of the state folder's file `token-read`: good for what only reads."),
        (CONTROL, "The content of the state folder's file `token`: good for everything."),
    ] {
        let mut token = Http::new(HttpAuthScheme::Bearer);
        token.description = Some(description.to_owned());
        components.add_security_scheme(name, SecurityScheme::Http(token));
    }
    let session = ApiKeyValue::with_description(
        sessions::COOKIE,
        "The cookie of a browser that opened a login link; for anything but GET with an Origin of this address.",
    );
    components.add_security_scheme(SESSION, SecurityScheme::ApiKey(ApiKey::Cookie(session)));
    let mut info = Info::new("Autocommit", env!("CARGO_PKG_VERSION"));
    info.description = Some(
        "Watches git repositories, commits settled work and pushes it. Local only: Host must be this machine, and \
         requests from other pages are refused."
            .to_owned(),
    );
    let mut document = OpenApi::new(info, description.paths);
    document.components = Some(components);
    document.security = Some(vec![needs(READ), needs(CONTROL), needs(SESSION)]);
    document
}

fn needs(scheme: &str) -> SecurityRequirement {
    SecurityRequirement::new(scheme, [] as [&str; 0])
}

/// Replies with the description.
pub(super) async fn serve() -> Response {
    static TEXT: OnceLock<String> = OnceLock::new();
    let text = TEXT.get_or_init(|| document().to_json().unwrap_or_default());
    reply::respond(200, "application/json", text.as_str().into())
}

struct Description {
    paths: Paths,
    schemas: BTreeMap<String, RefOr<Schema>>,
}

impl Description {
    /// Adds a type with everything it is made of, and returns the reference to it.
    fn add<T: ToSchema>(&mut self) -> RefOr<Schema> {
        let mut parts = Vec::new();
        T::schemas(&mut parts);
        self.schemas.extend(parts);
        self.schemas.insert(T::name().into_owned(), T::schema());
        RefOr::Ref(Ref::from_schema_name(T::name()))
    }

    fn path(&mut self, path: &str, verb: HttpMethod, operation: OperationBuilder) {
        self.paths.add_path_operation(path, vec![verb], operation.build());
    }
}

impl Visitor for Description {
    fn method<M: Method>(&mut self) {
        // The parts of a request are described where they travel, but the types they are made of belong to the list.
        let mut parts = Vec::new();
        <M::Request as ToSchema>::schemas(&mut parts);
        self.schemas.extend(parts);
        let asked = match M::Request::schema() {
            RefOr::T(Schema::Object(object)) => object,
            _ => Object::default(),
        };
        let (in_path, others): (Vec<_>, Vec<_>) =
            asked.properties.into_iter().partition(|(name, _)| M::PATH.contains(&format!("{{{name}}}")));
        let is_needed = |name: &str| asked.required.iter().any(|needed| needed == name);
        let mut operation = OperationBuilder::new()
            .operation_id(Some(M::NAME))
            .summary(Some(M::SUMMARY))
            .response(M::SUCCESS.to_string(), json_reply("Done.", self.add::<M::Response>()));
        for (name, schema) in in_path {
            operation = operation.parameter(parameter(&name, ParameterIn::Path, Required::True, schema));
        }
        let mut codes = M::ERRORS.to_vec();
        codes.extend([Code::BadRequest, Code::ForbiddenHost, Code::ForbiddenOrigin]);
        if M::VERB == Verb::Get {
            for (name, schema) in others {
                let required = if is_needed(&name) { Required::True } else { Required::False };
                operation =
                    operation.parameter(parameter(&name, ParameterIn::Query, required, never_null(schema)));
            }
        } else {
            codes.extend([Code::BodyTooLarge, Code::UnsupportedMediaType]);
            let mut body =
                ObjectBuilder::new().additional_properties(Some(AdditionalProperties::FreeForm(false)));
            let mut required = Required::False;
            for (name, schema) in others {
                if is_needed(&name) {
                    (body, required) = (body.required(&name), Required::True);
                }
                body = body.property(name, schema);
            }
            let content = Content::new(Some(RefOr::T(Schema::Object(body.build()))));
            let body =
                RequestBodyBuilder::new().content("application/json", content).required(Some(required));
            operation = operation.request_body(Some(body.build()));
        }
        operation = match M::SCOPE {
            None => operation.securities(Some([SecurityRequirement::default()])),
            Some(Scope::Read) => operation,
            Some(Scope::Control) => operation.securities(Some([needs(CONTROL), needs(SESSION)])),
        };
        codes.extend(M::SCOPE.iter().flat_map(|_| [Code::Unauthorized, Code::TooManyRequests]));
        codes.extend((M::SCOPE == Some(Scope::Control)).then_some(Code::InsufficientScope));
        let verb = match M::VERB {
            Verb::Get => HttpMethod::Get,
            Verb::Post => HttpMethod::Post,
            Verb::Patch => HttpMethod::Patch,
        };
        self.path(M::PATH, verb, with_errors(operation, &codes));
    }
}

/// The same without null, which a query cannot say.
fn never_null(schema: RefOr<Schema>) -> RefOr<Schema> {
    let null = |one: &RefOr<Schema>| matches!(one, RefOr::T(Schema::Object(object)) if object.schema_type == SchemaType::Type(Type::Null));
    match schema {
        RefOr::T(Schema::Object(mut object)) => {
            object.default = object.default.filter(|value| !value.is_null());
            if let SchemaType::Array(types) = &object.schema_type
                && let [one, Type::Null] | [Type::Null, one] = types.as_slice()
            {
                object.schema_type = SchemaType::Type(one.clone());
            }
            RefOr::T(Schema::Object(object))
        }
        RefOr::T(Schema::OneOf(mut either)) => {
            either.items.retain(|one| !null(one));
            either.items.pop().unwrap_or_else(|| Object::default().into())
        }
        other => other,
    }
}

fn parameter(name: &str, place: ParameterIn, required: Required, schema: RefOr<Schema>) -> Parameter {
    let description = match &schema {
        RefOr::T(Schema::Object(object)) => object.description.clone(),
        _ => None,
    };
    ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .required(required)
        .description(description)
        .schema(Some(schema))
        .build()
}

fn json_reply(description: &str, schema: RefOr<Schema>) -> Reply {
    ResponseBuilder::new()
        .description(description)
        .content("application/json", Content::new(Some(schema)))
        .build()
}

/// One reply for each HTTP status, naming the codes that come with it.
fn with_errors(mut operation: OperationBuilder, codes: &[Code]) -> OperationBuilder {
    let mut by_status: BTreeMap<u16, Vec<String>> = BTreeMap::new();
    for code in codes {
        let name = serde_json::to_value(code).unwrap_or_default();
        by_status
            .entry(code.http_status())
            .or_default()
            .push(format!("`{}`", name.as_str().unwrap_or_default()));
    }
    for (status, names) in by_status {
        let schema = RefOr::Ref(Ref::from_schema_name(ErrorReply::name()));
        operation = operation.response(status.to_string(), json_reply(&names.join(" or "), schema));
    }
    operation
}

fn events() -> OperationBuilder {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let number = || text().pattern(Some(format!("^[0-9]{{1,{DIGITS}}}$")));
    let resume = |name: &str, place, why: &str| {
        ParameterBuilder::new()
            .name(name)
            .parameter_in(place)
            .required(Required::False)
            .description(Some(why.to_owned()))
            .schema(Some(RefOr::T(Schema::Object(number().build()))))
            .build()
    };
    let record = text()
        .content_media_type("application/json")
        .description(Some("An EventRecord; a Gap where the event is `gap`."));
    let sent = ObjectBuilder::new().property("id", text()).property("event", text()).property("data", record);
    let sent = sent.required("event").required("data").build();
    let reply = ResponseBuilder::new()
        .description(
            "A stream of server-sent events: `id` is the number, `event` the type, `data` an EventRecord. An event \
             named `gap` (data: Gap) says that events in between are no longer kept.",
        )
        .content("text/event-stream", Content::builder().item_schema(Some(RefOr::T(Schema::Object(sent)))).build());
    let operation = Operation::builder()
        .operation_id(Some("events"))
        .summary(Some("Streams what happens, numbered and resumable."))
        .parameter(resume("Last-Event-ID", ParameterIn::Header, "Go on after the event with this number."))
        .parameter(resume(
            "after",
            ParameterIn::Query,
            "The same for those who cannot set headers; 0 is everything kept.",
        ))
        .response("200", reply.build());
    with_errors(
        operation,
        &[
            Code::BadRequest,
            Code::Unauthorized,
            Code::TooManyRequests,
            Code::ForbiddenHost,
            Code::ForbiddenOrigin,
        ],
    )
}

fn numbers() -> OperationBuilder {
    let text = ObjectBuilder::new().schema_type(utoipa::openapi::schema::Type::String).build();
    let reply = ResponseBuilder::new()
        .description("The numbers of this moment in the text of OpenMetrics; none names a repository.")
        .content(metrics::CONTENT_TYPE, Content::new(Some(RefOr::T(Schema::Object(text)))));
    let operation = Operation::builder()
        .operation_id(Some("metrics"))
        .summary(Some("Tells numbers for Prometheus."))
        .response("200", reply.build());
    with_errors(operation, &READING)
}

fn itself() -> OperationBuilder {
    let any = RefOr::T(Schema::Object(Object::default()));
    let operation = Operation::builder()
        .operation_id(Some("openapi"))
        .summary(Some("This description."))
        .response("200", json_reply("An OpenAPI 3.1 document.", any));
    with_errors(operation, &READING)
}

fn page() -> OperationBuilder {
    let text = ObjectBuilder::new().schema_type(Type::String).build();
    let reply = ResponseBuilder::new()
        .description("The web page, without any data in it. Needs no token.")
        .content("text/html", Content::new(Some(RefOr::T(Schema::Object(text)))));
    let operation = Operation::builder()
        .operation_id(Some("page"))
        .summary(Some("The web page."))
        .securities(Some([SecurityRequirement::default()]))
        .response("200", reply.build());
    with_errors(operation, &[Code::ForbiddenHost, Code::ForbiddenOrigin])
}

fn login_links(link: RefOr<Schema>) -> OperationBuilder {
    let operation = Operation::builder()
        .operation_id(Some("login_links"))
        .summary(Some(
            "Makes a link that lets one browser in: once, and within a minute. Needs the control token itself.",
        ))
        .securities(Some([needs(CONTROL)]))
        .response("200", json_reply("Done.", link));
    with_errors(operation, &CHANGING)
}

fn login() -> OperationBuilder {
    let text = || ObjectBuilder::new().schema_type(Type::String).build();
    let code = ParameterBuilder::new()
        .name("code")
        .parameter_in(ParameterIn::Query)
        .required(Required::True)
        .description(Some("The code of the link."))
        .schema(Some(RefOr::T(Schema::Object(text()))));
    let entered = ResponseBuilder::new().description("The cookie is set; go on to the page at `/`.");
    let stale = ResponseBuilder::new()
        .description("The link is used up, too old, or none of ours: a page that says so.")
        .content("text/html", Content::new(Some(RefOr::T(Schema::Object(text())))));
    let operation = Operation::builder()
        .operation_id(Some("login"))
        .summary(Some("Uses a login link up and sets the cookie of a session."))
        .securities(Some([SecurityRequirement::default()]))
        .parameter(code.build())
        .response("303", entered.build())
        .response("401", stale.build());
    with_errors(operation, &[Code::ForbiddenHost, Code::ForbiddenOrigin])
}

fn logout(ended: RefOr<Schema>) -> OperationBuilder {
    let operation = Operation::builder()
        .operation_id(Some("logout"))
        .summary(Some("Ends the session of the cookie that the request carries."))
        .securities(Some([needs(CONTROL), needs(SESSION)]))
        .response("200", json_reply("Done.", ended));
    with_errors(operation, &CHANGING)
}

fn rotate(rotated: RefOr<Schema>) -> OperationBuilder {
    let body = RequestBodyBuilder::new()
        .content("application/json", Content::new(Some(wire::RotateToken::schema())))
        .required(Some(Required::True));
    let operation = Operation::builder()
        .operation_id(Some("rotate_token"))
        .summary(Some(
            "Replaces a token at once: the old one, and for the control token every session, counts no more. Needs the \
             control token itself.",
        ))
        .securities(Some([needs(CONTROL)]))
        .request_body(Some(body.build()))
        .response("200", json_reply("Done.", rotated));
    with_errors(with_errors(operation, &CHANGING), &[Code::Unavailable])
}

/// What can go wrong wherever something is read and nothing is asked.
const READING: [Code; 4] =
    [Code::Unauthorized, Code::TooManyRequests, Code::ForbiddenHost, Code::ForbiddenOrigin];

/// What can go wrong wherever something is changed and nothing is asked.
const CHANGING: [Code; 8] = [
    Code::TooManyRequests,
    Code::InsufficientScope,
    Code::BadRequest,
    Code::Unauthorized,
    Code::ForbiddenHost,
    Code::ForbiddenOrigin,
    Code::BodyTooLarge,
    Code::UnsupportedMediaType,
];

#[cfg(test)]
#[path = "openapi_tests.rs"]
mod tests;
