using Allianz.Portfolio.Domain;

namespace Allianz.Portfolio.Api.Errors;

/// <summary>RFC 9457 problem details, as every error answer has them.</summary>
public sealed record ProblemDocument
{
    /// <summary>Stable identifier of the kind of problem, e.g. <c>/problems/stale</c>.</summary>
    public required string Type { get; init; }

    /// <summary>What kind of problem, in words.</summary>
    public required string Title { get; init; }

    /// <summary>HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>What is wrong this time, and what helps.</summary>
    public string? Detail { get; init; }

    /// <summary>For asking an operator: stands in the server's log, too.</summary>
    public string? TraceId { get; init; }

    /// <summary>What is wrong with which field.</summary>
    public IReadOnlyList<FieldError>? Errors { get; init; }
}

/// <summary>The kinds of problems there are. Whoever meets one throws it; <c>ProblemHandler</c> answers it.</summary>
public sealed class Problem : Exception
{
    private Problem(int status, string type, string title, string? detail, IReadOnlyList<FieldError>? errors = null)
        : base(detail ?? title)
    {
        Status = status;
        Type = "/problems/" + type;
        Title = title;
        Detail = detail;
        Errors = errors;
    }

    /// <summary>HTTP status.</summary>
    public int Status { get; }

    /// <summary>Stable identifier.</summary>
    public string Type { get; }

    /// <summary>What kind of problem.</summary>
    public string Title { get; }

    /// <summary>What is wrong this time.</summary>
    public string? Detail { get; }

    /// <summary>By field.</summary>
    public IReadOnlyList<FieldError>? Errors { get; }

    /// <summary>When to come again.</summary>
    public TimeSpan? RetryAfter { get; private init; }

    /// <summary>400: the body is not JSON of the right form.</summary>
    public static Problem Malformed(string detail, string? pointer = null) =>
        new(400, "malformed", "The request is not well-formed.", detail, pointer is null ? null : [new FieldError(pointer, detail)]);

    /// <summary>400: a query parameter is unknown or has a value that it cannot have.</summary>
    public static Problem Query(string name, string message) =>
        new(400, "query", "A query parameter is wrong.", message, [new FieldError(name, message)]);

    /// <summary>400: there is no such version of the API.</summary>
    internal static Problem UnknownVersion(string header, string allowed) =>
        new(400, "version", "There is no such version of the API.", $"{header} must name one version. Allowed: {allowed}.");

    /// <summary>400: the version of the API is no longer served.</summary>
    internal static Problem EndedVersion(string version, string lastDay, string header, string allowed) =>
        new(
            400,
            "version-ended",
            "This version of the API has ended.",
            $"Version {version} was served until {lastDay}. Send {header} with one of these: {allowed}."
        );

    /// <summary>401.</summary>
    public static Problem Unauthenticated(string detail) => new(401, "unauthenticated", "A valid API key is required.", detail);

    /// <summary>403: the caller may see it, but not do this.</summary>
    public static Problem Forbidden(string detail) => new(403, "forbidden", "Not allowed.", detail);

    /// <summary>404: it does not exist, or not for this caller.</summary>
    public static Problem NotFound(string what, string key) => new(404, "not-found", "Not found.", $"There is no {what} '{key}'.");

    /// <summary>409: the state of the thing does not allow it.</summary>
    public static Problem Conflict(string detail, string? pointer = null) =>
        new(409, "conflict", "This conflicts with the current state.", detail, pointer is null ? null : [new FieldError(pointer, detail)]);

    /// <summary>409: what it refers to was removed by somebody else.</summary>
    internal static Problem Gone() => Conflict("Something that this refers to has been removed meanwhile. Read the current state again.");

    /// <summary>412: somebody else changed it since it was read.</summary>
    public static Problem Stale() =>
        new(412, "stale", "It has changed since you read it.", "Read it again, look at what changed, and send If-Match with the new ETag.");

    /// <summary>413.</summary>
    public static Problem TooLarge(string detail) => new(413, "too-large", "Too large.", detail);

    /// <summary>415.</summary>
    public static Problem UnsupportedMediaType(string detail) => new(415, "media-type", "This media type is not supported here.", detail);

    /// <summary>422: well-formed, but it breaks a rule.</summary>
    public static Problem Invalid(IReadOnlyList<FieldError> errors) =>
        new(
            422,
            "invalid",
            "Some fields are wrong.",
            string.Join(" ", errors.Take(3).Select(e => e.Pointer.Length == 0 ? e.Message : $"{e.Pointer}: {e.Message}")),
            errors
        );

    /// <summary>422 for one field.</summary>
    public static Problem Invalid(string pointer, string message) => Invalid([new FieldError(pointer, message)]);

    /// <summary>422: the Idempotency-Key was used before with another request.</summary>
    public static Problem KeyReused() =>
        new(422, "idempotency-key-reused", "This Idempotency-Key was used with another request.", "Use a new key for a new request.");

    /// <summary>428.</summary>
    public static Problem PreconditionRequired() =>
        new(428, "precondition-required", "If-Match is required.", "Send If-Match with the ETag of the state that you have read.");

    /// <summary>429.</summary>
    internal static Problem TooMany(string detail, TimeSpan? wait) =>
        new(429, "too-many", "Too many requests.", detail) { RetryAfter = wait };

    /// <summary>503.</summary>
    public static Problem Busy(string detail) => new(503, "busy", "Not now.", detail) { RetryAfter = TimeSpan.FromSeconds(2) };

    /// <summary>503: the database cannot be reached. It is asked every second.</summary>
    internal static Problem Unavailable() =>
        new(
            503,
            "unavailable",
            "The database does not answer.",
            "Nothing can be read or written now. If you were writing, read the current state before you repeat the request."
        )
        {
            RetryAfter = TimeSpan.FromSeconds(2),
        };

    /// <summary>503: a write found no room.</summary>
    internal static Problem Full() =>
        new(
            503,
            "full",
            "There is no space left to write.",
            "The disk of the database is full. Nothing was changed, and reading still works; whoever runs the server must free some space."
        )
        {
            RetryAfter = TimeSpan.FromSeconds(60),
        };

    /// <summary>503: this server has nothing to print with; everything else works.</summary>
    internal static Problem NoChromium(string detail) =>
        new(503, "no-chromium", "Chromium is not installed, so PDFs cannot be produced.", detail);

    /// <summary>503: it was tried, and did not work.</summary>
    internal static Problem NoPdf() =>
        new(
            503,
            "no-pdf",
            "The PDF could not be produced.",
            "The server's log says why. Ask again in a minute, and it will be tried again."
        );

    /// <summary>As it is answered.</summary>
    /// <param name="traceId">Finds it in the log.</param>
    public ProblemDocument Document(string traceId) =>
        new()
        {
            Type = Type,
            Title = Title,
            Status = Status,
            Detail = Detail,
            TraceId = traceId,
            Errors = Errors,
        };

    /// <summary>500: ours. Says nothing of the inside.</summary>
    internal static Problem Ours() =>
        new(
            500,
            "error",
            "Something went wrong here.",
            "Read the current state before you repeat the request. The trace id identifies it in the server's log."
        );

    /// <summary>For answers that the framework makes: a status without a body.</summary>
    internal static Problem OfStatus(int status) =>
        status switch
        {
            401 => Unauthenticated("Send an API key: Authorization: Bearer apf_..."),
            403 => Forbidden("Your key's role does not allow this."),
            404 => new Problem(404, "not-found", "Not found.", "There is nothing at this address."),
            405 => new Problem(405, "method", "This method is not allowed here.", "See the Allow header."),
            415 => UnsupportedMediaType("Send application/json; where the documentation says so, another type."),
            408 => new Problem(408, "too-slow", "Too slow.", "The request did not arrive fast enough."),
            413 => TooLarge("The request is too large."),
            429 => TooMany("Wait as long as Retry-After says.", null),
            503 => Busy("It took too long, or the server is busy. Try again soon."),
            _ => new Problem(
                status,
                "http-" + status.ToString(System.Globalization.CultureInfo.InvariantCulture),
                "The request was refused.",
                null
            ),
        };
}
