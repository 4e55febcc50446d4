using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Http.Versions;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.OpenApi;

namespace Allianz.Portfolio.Api.Host.OpenApi;

/// <summary>
/// Says everything about the API that its endpoints know: what they named when they were mapped, and the types that go in and out. All
/// of it is written here: the framework's own generator knows nothing of <see cref="ReadRequest"/> and <see cref="WriteRequest"/>, and cannot take
/// the contracts of <see cref="JsonRules"/>.
/// </summary>
internal sealed partial class ApiDocument
{
    private const string Base = "/api/v1";
    private const string Bearer = "bearer";

    private static readonly string[] _methods = ["GET", "POST", "PUT", "PATCH", "DELETE"];

    // In the order in which somebody learns them.
    private static readonly (string Name, string Description)[] _tags =
    [
        ("Portfolio", "All projects at a glance."),
        ("Projects", "An undertaking of the alliance, with all that belongs to it."),
        ("Participations", "Which partner has which role in a project."),
        ("Milestones", "Four dates, kept apart: baseline, approved, forecast, achieved."),
        ("Status updates", "What a partner reports on a project. Never changed, only corrected by another one."),
        ("Status drafts", "What a partner is writing and has not reported yet."),
        ("Update links", "How a partner without an account is asked for one status update."),
        ("Assessments", "The coordination's own view, beside the partner's."),
        ("Gates", "Points where a project is allowed to go on, or not."),
        ("Risks", "What may happen to a project."),
        ("Decision requests", "What a project asks of the board."),
        ("Changes", "What changed: the feed of all revisions, and the difference between two moments."),
        ("Partners", "Organisations of the alliance, never persons."),
        ("Partner contacts", "The mailbox by which a partner is reminded of its reports."),
        ("Fields of action", "Topics that projects belong to."),
        ("Reporting cycles", "When partners report."),
        ("Board meetings", "When the executive board meets."),
        ("Duties", "Who has to report in a cycle, and who has."),
        ("Reports", "Status reports, frozen, numbered and hashed, and what the board makes of them."),
        ("Report drafts", "Reports that are being prepared."),
        ("Assignments", "Tasks that the board gives; they return in each report until they are done."),
        ("Mandates", "What the council and its committees ordered, and which projects answer to it."),
        ("Indicators", "What the city measures itself by."),
        ("Report schedules", "When reports are made without anybody asking."),
        ("Imports", "CSV files, by a mapping."),
        ("Accounts", "Who signs in."),
        ("API keys", "Who may call."),
        ("Audit", "Who came, and who was turned away."),
        ("Letters", "What is sent by mail."),
        ("Redactions", "Taking personal data out of what was written."),
    ];

    private static readonly Dictionary<string, string> _pathParameters = new()
    {
        ["key"] = "Key, within its project when it belongs to one.",
        ["project"] = "Key of the project.",
        ["number"] = "Number of the report.",
        ["transition"] = "Number of the step on the report's way, from 1.",
    };

    // Of every answer.
    private static readonly string[] _always = [ApiVersion.Header, "RateLimit", "RateLimit-Policy", "Access-Control-Allow-Origin"];
    private static readonly string[] _ending = ["Deprecation", "Sunset", "Link"];

    private static readonly (int Status, string Name, string Description)[] _problems =
    [
        (
            400,
            "BadRequest",
            "The request is not well-formed, a query parameter is unknown or has a value that it cannot have, or the version is not served."
        ),
        (401, "Unauthenticated", "There is no valid API key."),
        (403, "Forbidden", "The key's role does not allow this."),
        (404, "NotFound", "It does not exist, or not for this caller."),
        (409, "Conflict", "It does not fit what is there: the key is taken, or something still refers to it."),
        (408, "TooSlow", "The body did not come in fast enough."),
        (412, "Stale", "It was changed since it was read."),
        (413, "TooLarge", "The body is too large."),
        (415, "UnsupportedMediaType", "The body has another media type than those taken here."),
        (422, "Invalid", "It is well-formed, but breaks a rule; every field that does is named."),
        (428, "PreconditionRequired", "If-Match is missing."),
        (429, "TooMany", "Too many requests of this key, account or address; `Retry-After` says when to come again."),
        (500, "Error", "Something went wrong in the program. Read again what holds before you repeat it."),
        (
            503,
            "Busy",
            "Too many are writing at once, the database does not answer, or its disk is full. `Retry-After` says when to come again."
        ),
    ];

    /// <summary>The document of one version.</summary>
    /// <param name="operations">What can be called.</param>
    /// <param name="version">As it looks in this version.</param>
    /// <param name="versions">All there are.</param>
    public static OpenApiDocument Of(IEnumerable<ApiDescription> operations, ApiVersion version, ApiVersions versions)
    {
        var document = new OpenApiDocument();
        document.Info = new OpenApiInfo
        {
            Title = "Allianz.Portfolio",
            Version = version.Name,
            // The same as SECURITY.md says, until the city that publishes this source fills it in.
            Contact = new OpenApiContact { Name = "Whoever operates this installation" },
            License = new OpenApiLicense { Name = "European Union Public Licence 1.2", Identifier = "EUPL-1.2" },
            Description =
                "The project portfolio of the Allianz Smart City Dortmund: who does what, how it stands, what it looked like on any day "
                + "before, and the reports made from it.\n\n"
                + "Reads need no key and then show what is public; with a key (`Authorization: Bearer apf_...`) they show what its role may see. "
                + "Every read takes `asOf` or `revision` to look back, has an ETag, and answers 304 to If-None-Match. Every error is a problem "
                + "document (RFC 9457) whose `type` is stable, except where the server cannot read a request at all (400, 414 or 431 without a body). "
                + "Bodies come uncompressed. Amounts are euros with two decimals, dates are `yyyy-MM-dd`, what is not known is "
                + "absent, never null.\n\n"
                + Versions(version, versions),
        };
        document.Servers =
        [
            new OpenApiServer
            {
                Url = Base,
                Extensions = new Dictionary<string, IOpenApiExtension> { ["x-internal"] = new JsonNodeExtension(false) },
            },
        ];
        document.Tags = _tags.Select(tag => new OpenApiTag { Name = tag.Name, Description = tag.Description }).ToHashSet();
        var schemas = new Schemas(document, version);
        document.Components = new OpenApiComponents
        {
            Parameters = Parameters(schemas),
            Headers = Headers(version),
            Responses = Problems(document, schemas),
            SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                [Bearer] = new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.Http,
                    Scheme = "bearer",
                    BearerFormat = "apf_...",
                    Description = "An API key. An administrator makes them: `POST /api/v1/api-keys`, or `create-key` on the command line.",
                },
            },
        };
        document.Paths = [];
        foreach (var description in operations.Where(d => Address(d).StartsWith(Base + "/", StringComparison.Ordinal)))
        {
            // A route constraint is no part of the address.
            var path = Constraint().Replace(Address(description)[Base.Length..], "}");
            if (!document.Paths.TryGetValue(path, out var item))
            {
                document.Paths.Add(path, item = new OpenApiPathItem { Operations = [] });
            }
            item.Operations!.Add(new HttpMethod(description.HttpMethod!), Operation(document, description, schemas));
        }
        // A verb that a use case maps stands where it would stand anyway.
        foreach (var item in document.Paths.Values.Cast<OpenApiPathItem>())
        {
            item.Operations = item.Operations!.OrderBy(o => Array.IndexOf(_methods, o.Key.Method)).ToDictionary();
        }
        document.Components.Schemas = schemas.All;
        return document;
    }

    private static string Versions(ApiVersion version, ApiVersions versions) =>
        $"This is version {version.Name}. A request names its version in the header `{ApiVersion.Header}`; without it the key's version holds, and "
        + $"without a key the oldest that is served. Served are {string.Join(", ", versions.All.Select(v => v.Name))}."
        + (version.Release.DeprecatedOn is { } old ? $" This version is deprecated from {ApiVersion.NameOf(old)} on." : "")
        + (version.Release.SunsetOn is { } last ? $" It is served until {ApiVersion.NameOf(last)}." : "")
        + string.Concat(
            versions.All.SelectMany(v => v.Release.Changes.Select(change => $"\n- {v.Name}: {change.Text}")).Prepend("\n\nWhat changed:\n")
        );

    private static string Address(ApiDescription description) => "/" + description.RelativePath;

    private static OpenApiOperation Operation(OpenApiDocument document, ApiDescription description, Schemas schemas)
    {
        var metadata = description.ActionDescriptor.EndpointMetadata;
        var handler = metadata.OfType<MethodInfo>().First();
        var slice = handler.DeclaringType!;
        while (slice.DeclaringType is { } outer)
        {
            slice = outer;
        }
        // What was said last counts: before it stands what the framework guessed from the handler.
        var statuses = metadata.OfType<IProducesResponseTypeMetadata>().GroupBy(s => s.StatusCode).Select(same => same.Last()).ToList();
        var row = RightsTable.Of(metadata.OfType<Right>().Single());
        var hasBody = metadata.OfType<IAcceptsMetadata>().Any(accepts => accepts.RequestType is not null);
        var takesKey =
            HttpMethods.IsPost(description.HttpMethod!)
            && handler.GetParameters().Any(p => p.ParameterType == typeof(WriteRequest))
            && !metadata.OfType<WithoutIdempotencyKey>().Any();

        var operation = new OpenApiOperation { Summary = metadata.OfType<IEndpointSummaryMetadata>().Last().Summary };
        // Verbs of declared kinds stand in one place, and say whose they are.
        var name = metadata.OfType<OperationName>().LastOrDefault() ?? new(slice.Name, slice.Namespace!.Split('.')[^1]);
        operation.OperationId = JsonNamingPolicy.CamelCase.ConvertName(name.Id);
        operation.Tags = new HashSet<OpenApiTagReference> { new(Words(name.Tag), document) };
        operation.Description =
            $"{metadata.OfType<IEndpointDescriptionMetadata>().LastOrDefault()?.Description}\n\n{RightsText.Of(row)}".Trim();
        var key = new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, document)] = [] };
        operation.Security = row.IsForEverybody ? [new OpenApiSecurityRequirement(), key] : [key];

        operation.Parameters =
        [
            .. RouteNames().Matches(description.RelativePath!).Select(m => PathParameter(m.Groups[1].Value)),
            .. metadata.OfType<QueryNames>().SelectMany(q => q.Names).Select(name => Query(document, name, metadata)),
            .. new[]
            {
                (Name: "If-None-Match", Taken: statuses.Any(s => s.StatusCode == 304)),
                (Name: "If-Match", Taken: statuses.Any(s => s.StatusCode == 428)),
                (Name: "Idempotency-Key", Taken: takesKey),
                (Name: ApiVersion.Header, Taken: true),
            }
                .Where(header => header.Taken)
                .Select(header => new OpenApiParameterReference(header.Name, document)),
        ];

        if (metadata.OfType<IAcceptsMetadata>().FirstOrDefault() is { RequestType: { } body } accepts)
        {
            var direction = HttpMethods.IsPatch(description.HttpMethod!) ? Direction.Patch : Direction.In;
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = accepts.ContentTypes.ToDictionary(
                    type => type,
                    type => new OpenApiMediaType
                    {
                        Schema = schemas.Of(body, direction),
                        Example = Examples.OfBody(body, direction, schemas.Version),
                    }
                ),
            };
        }

        operation.Responses = [];
        foreach (var answer in statuses.Where(s => s.StatusCode < 400).OrderBy(s => s.StatusCode))
        {
            operation.Responses.Add($"{answer.StatusCode}", Answer(document, answer, statuses, schemas));
        }
        foreach (
            var status in statuses
                .Select(s => s.StatusCode)
                .Where(s => s >= 400)
                .Concat([401, 403, 429, 500, 503])
                .Concat(
                    hasBody ? [400, 408, 413, 415]
                    : HttpMethods.IsPost(description.HttpMethod!) ? [408, 413, 415]
                    : []
                )
                .Concat(takesKey ? [409, 422] : [])
                .Distinct()
                .Order()
        )
        {
            operation.Responses.Add($"{status}", new OpenApiResponseReference(_problems.Single(p => p.Status == status).Name, document));
        }
        return operation;
    }

    private static OpenApiResponse Answer(
        OpenApiDocument document,
        IProducesResponseTypeMetadata answer,
        List<IProducesResponseTypeMetadata> all,
        Schemas schemas
    )
    {
        var type = answer.Type is null || answer.Type == typeof(void) ? null : answer.Type;
        var isVersioned = all.Any(s => s.StatusCode is 304 or 412) || type?.IsAssignableTo(typeof(IRevised)) == true;
        var headers = new[]
        {
            (Name: "ETag", Given: isVersioned && answer.StatusCode != 204),
            (Name: "Location", Given: answer.StatusCode == 201),
            (Name: "Portfolio-Revision", Given: isVersioned && answer.StatusCode != 204),
            (Name: "Link", Given: type?.IsAssignableTo(typeof(IPage)) == true || type == typeof(UseCases.Changes.ChangeFeed)),
            (Name: "Repr-Digest", Given: answer.StatusCode < 400 && all.Any(s => s.Type == typeof(ReportContent))),
        }
            .Where(h => h.Given)
            .Select(h => h.Name);
        return new OpenApiResponse
        {
            Description = answer.StatusCode switch
            {
                201 => "Done; Location says where it is.",
                204 => "Done.",
                304 => "Nothing changed since the answer with that ETag.",
                _ => type is { IsGenericType: true } ? "A page of the list." : Comments.Of(type!)!,
            },
            Headers = Refer(document, [.. headers, .. Always(schemas.Version)]),
            Content = type is null
                ? null
                : new Dictionary<string, OpenApiMediaType>
                {
                    ["application/json"] = new()
                    {
                        Schema = schemas.Of(type, Direction.Out),
                        Example = Examples.OfAnswer(type, answer.StatusCode, schemas.Version),
                    },
                },
        };
    }

    private static IEnumerable<string> Always(ApiVersion version) => version.IsEnding ? [.. _always, .. _ending] : _always;

    private static Dictionary<string, IOpenApiHeader> Refer(OpenApiDocument document, IEnumerable<string> headers) =>
        headers.Distinct().ToDictionary(name => name, name => (IOpenApiHeader)new OpenApiHeaderReference(name, document));

    // Keys and codes are short, and so are the addresses that are made of them.
    private static OpenApiSchema Key() =>
        new()
        {
            Type = JsonSchemaType.String,
            Pattern = PortfolioKeyAttribute.Pattern,
            MaxLength = Keys.MaxLength,
        };

    private static OpenApiParameter PathParameter(string name) =>
        new()
        {
            Name = name,
            In = ParameterLocation.Path,
            Required = true,
            Description = _pathParameters.GetValueOrDefault(name) ?? $"Key of the {Words(name).ToLowerInvariant()}.",
            Schema = name is "number" or "transition"
                ? new OpenApiSchema
                {
                    Type = JsonSchemaType.String,
                    Pattern = "^[0-9]{1,10}$",
                    MaxLength = 10,
                }
                : Key(),
            Example = name switch
            {
                "project" => "parken-in-hoerde",
                "number" => "12",
                "partner" => "ihk",
                _ => null,
            },
        };

    private static IOpenApiParameter Query(OpenApiDocument document, string name, IList<object> metadata)
    {
        if (metadata.OfType<QueryCodes>().FirstOrDefault(codes => codes.Name == name) is { } own)
        {
            return new OpenApiParameter
            {
                Name = name,
                In = ParameterLocation.Query,
                Description = own.Description,
                Schema = new OpenApiSchema
                {
                    Type = JsonSchemaType.String,
                    Enum = [.. Enum.GetValues(own.Type).Cast<object>().Select(code => JsonValue.Create(Schemas.Code(code)))],
                },
                Examples = Offered(Schemas.Code(Enum.GetValues(own.Type).GetValue(0)!)),
            };
        }
        if (name != "sort")
        {
            return new OpenApiParameterReference(name, document);
        }
        // Every list has its own.
        var orders = metadata.OfType<SortOrders>().Single().Names;
        return new OpenApiParameter
        {
            Name = name,
            In = ParameterLocation.Query,
            Description = QueryParameter.All[name].Description,
            Schema = new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Enum = [.. orders.Select(order => JsonValue.Create(order))],
                Default = orders[0],
            },
            Examples = Offered(orders[^1]),
        };
    }

    private static Dictionary<string, IOpenApiParameter> Parameters(Schemas schemas)
    {
        var all = QueryParameter
            .All.Values.Where(p => p.Name != "sort")
            .ToDictionary(
                p => p.Name,
                IOpenApiParameter (p) =>
                    new OpenApiParameter
                    {
                        Name = p.Name,
                        In = ParameterLocation.Query,
                        Description = p.Description,
                        Schema = Schema(p, schemas),
                        Examples =
                            p.Example.Length == 0
                                ? null
                                : Offered(
                                    p.Type == typeof(long) ? long.Parse(p.Example, CultureInfo.InvariantCulture)
                                    : p.Type == typeof(bool) ? true
                                    : p.Example
                                ),
                    }
            );
        Header("If-None-Match", "ETags of answers that are there already: 304 when one of them still holds.", "\"410-6f1f2b7c11a2d6f1\"");
        Header("If-Match", "ETag of the state that was read, or `*`. 412 when the thing was changed since.", "\"410-6f1f2b7c11a2d6f1\"");
        Header(
            "Idempotency-Key",
            "1 to 200 visible ASCII characters that name this request: sent again, it is answered as the first time and not done twice.",
            "7f1c2d8e-report-2026-q2"
        );
        all.Add(
            ApiVersion.Header,
            new OpenApiParameter
            {
                Name = ApiVersion.Header,
                In = ParameterLocation.Header,
                Description =
                    "The version that the request and its answer are in: send it, and they stay as they are described here. "
                    + "400 for a version that does not exist or has ended.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, Enum = [JsonValue.Create(schemas.Version.Name)] },
                Example = schemas.Version.Name,
            }
        );
        return all;

        void Header(string name, string description, string example) =>
            all.Add(
                name,
                new OpenApiParameter
                {
                    Name = name,
                    In = ParameterLocation.Header,
                    Required = name == "If-Match",
                    Description = description,
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = name == "Idempotency-Key" ? 200 : 8192 },
                    Example = name == "If-Match" ? example : null,
                    Examples = name == "If-Match" ? null : Offered(example),
                }
            );
    }

    // The page at /docs fills its form with examples; x-disabled keeps it from sending what nobody asked for, such as asOf and revision at once.
    private static Dictionary<string, IOpenApiExample> Offered(JsonNode value) =>
        new()
        {
            ["example"] = new OpenApiExample
            {
                Value = value,
                Extensions = new Dictionary<string, IOpenApiExtension> { ["x-disabled"] = new JsonNodeExtension(true) },
            },
        };

    private static OpenApiSchema Schema(QueryParameter parameter, Schemas schemas)
    {
        if (parameter.Type is { IsEnum: true } codes)
        {
            return new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Enum =
                [
                    .. Enum.GetValues(codes).Cast<object>().Select(Schemas.Code).Concat(parameter.Also).Select(c => JsonValue.Create(c)),
                ],
            };
        }
        var schema = parameter.IsKey ? Key() : (OpenApiSchema)schemas.Of(parameter.Type ?? typeof(string), Direction.In);
        if (parameter.Type is null && !parameter.IsKey)
        {
            // A request line has at most 8 kB.
            schema.MaxLength = 8192;
        }
        if (parameter.Name == QueryParameter.Limit)
        {
            (schema.Minimum, schema.Maximum, schema.Default) = ("1", $"{ReadRequest.MostItems}", 100);
        }
        return schema;
    }

    private static Dictionary<string, IOpenApiHeader> Headers(ApiVersion version)
    {
        var headers = new Dictionary<string, IOpenApiHeader>
        {
            [ApiVersion.Header] = Header("The version that the answer is in.", version.Name),
            ["ETag"] = Header(
                "For If-None-Match, and for If-Match: its first part is the revision that last changed the thing.",
                "\"410-6f1f2b7c11a2d6f1\""
            ),
            ["Location"] = Header("Where the new thing is.", "/api/v1/projects/parken-in-hoerde"),
            ["Link"] = Header("The next page (`rel=\"next\"`); absent on the last.", "</api/v1/projects?cursor=eyJ>; rel=\"next\""),
            ["Portfolio-Revision"] = Header("The revision that the answer shows.", "412"),
            ["Repr-Digest"] = Header("SHA-256 of the bytes (RFC 9530).", "sha-256=:X3C/GKCGAHAW6UiwSu07ghA6Nr6kF1W2zd+vEKzjxu8=:"),
            ["Retry-After"] = Header("In how many seconds to come again.", "2"),
            ["RateLimit"] = Header(
                "How many requests are left (`r`) until when in seconds (`t`). Absent where the operator sets no limit, and when it is not known who asks.",
                "\"requests\";r=5999;t=1"
            ),
            ["RateLimit-Policy"] = Header(
                "How many requests there are (`q`) in how many seconds (`w`). Comes with `RateLimit`.",
                "\"requests\";q=6000;w=60"
            ),
            ["Access-Control-Allow-Origin"] = Header(
                "This server itself: pages of other sites cannot read its answers.",
                "https://portfolio.example.org"
            ),
            ["WWW-Authenticate"] = Header("How to authenticate.", "Bearer realm=\"Allianz.Portfolio\""),
        };
        if (version.IsEnding)
        {
            headers["Deprecation"] = Header("From when on nobody should use this version (RFC 9745).", "@1798758000");
            headers["Sunset"] = Header("When this version ends (RFC 8594); absent while that is open.", "Fri, 31 Dec 2027 22:59:59 GMT");
        }
        return headers;

        static OpenApiHeader Header(string description, string example) =>
            new()
            {
                Description = description,
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = 8192 },
                Example = example,
            };
    }

    private static Dictionary<string, IOpenApiResponse> Problems(OpenApiDocument document, Schemas schemas) =>
        _problems.ToDictionary(
            p => p.Name,
            IOpenApiResponse (p) =>
                new OpenApiResponse
                {
                    Description = p.Description,
                    Headers = Refer(
                        document,
                        [
                            .. p.Status == 401 ? ["WWW-Authenticate"] : Array.Empty<string>(),
                            .. p.Status is 429 or 503 ? ["Retry-After"] : Array.Empty<string>(),
                            .. Always(schemas.Version),
                        ]
                    ),
                    Content = new Dictionary<string, OpenApiMediaType>
                    {
                        ["application/problem+json"] = new()
                        {
                            Schema = schemas.Of(typeof(ProblemDocument), Direction.Out),
                            Example = Examples.Json(Examples.OfProblem(p.Status).Document("0af7651916cd43dd8448eb211c80319c")),
                        },
                    },
                }
        );

    // "FieldsOfAction" becomes "Fields of action".
    private static string Words(string name)
    {
        var words = Capitals().Replace(name, m => " " + m.Value.ToLowerInvariant());
        return words.StartsWith("Api ", StringComparison.Ordinal) ? "API" + words[3..] : char.ToUpperInvariant(words[0]) + words[1..];
    }

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex Capitals();

    [GeneratedRegex(@"\{(\w+)[^}]*\}")]
    private static partial Regex RouteNames();

    [GeneratedRegex(@":[^}]*\}")]
    private static partial Regex Constraint();
}
