using System.Buffers.Text;
using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http.Versions;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;

namespace Allianz.Portfolio.Api.Http;

/// <summary>
/// One read of the portfolio: who reads, at which moment, which page. Bound from the request for every GET; refuses query parameters
/// that the endpoint does not name.
/// </summary>
internal sealed partial class ReadRequest
{
    private readonly HttpContext _context;
    private static readonly string[] _moments = [QueryParameter.AsOf, QueryParameter.Revision, QueryParameter.From, QueryParameter.To];

    private readonly bool _fixed;

    // From before anything was read, so that an answer that still shows a text is never taken for one of after it was taken out.
    private readonly long _redacted;
    private string? _clientsTag;

    private ReadRequest(HttpContext context, Caller caller, long head, long redacted, View view)
    {
        _context = context;
        Caller = caller;
        Head = head;
        _redacted = redacted;
        View = view;
        // A day or an instant may yet mean another revision (history that is loaded later); a number never does. And what was to be seen then
        // may be hidden from those who do not see all.
        _fixed = SeesAll(view) && view.Revision < head && _moments.All(name => Text(name) is not { } text || text.All(char.IsAsciiDigit));
        Limit = (int)(Number(QueryParameter.Limit, 1, MostItems) ?? 100);
    }

    /// <summary>Most items that a page of a list may be asked for.</summary>
    public const int MostItems = 500;

    public Caller Caller { get; }

    /// <summary>The newest revision when the request came.</summary>
    public long Head { get; private set; }

    public View View { get; private set; }

    /// <summary>Most items of a list.</summary>
    public int Limit { get; }

    /// <summary>Hash that belongs to this address, this reader and this moment; the second part of every ETag.</summary>
    public string StateTag => Tag(CacheKey());

    /// <summary>All that the answer depends on: equal texts mean equal answers.</summary>
    public string CacheKey() =>
        CacheKey(
            _context.RequestServices.GetRequiredService<AnswerBasis>(),
            _context.Request.Path + _context.Request.QueryString,
            View,
            Head,
            _redacted,
            _context.Version()
        );

    public string? Text(string name) => _context.Request.Query.TryGetValue(name, out var value) ? value[0] : null;

    /// <summary>A code such as <c>implementing</c>.</summary>
    public T? Code<T>(string name)
        where T : struct, Enum
    {
        if (Text(name) is not { } text)
        {
            return null;
        }
        foreach (var value in Enum.GetValues<T>())
        {
            if (Codes.Of(value) == text)
            {
                return value;
            }
        }
        throw Problem.Query(name, $"'{name}' must be one of {string.Join(", ", Enum.GetValues<T>().Select(v => Codes.Of(v)))}.");
    }

    public long? Number(string name, long least, long most) =>
        Text(name) is not { } text ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number
        : throw Problem.Query(name, $"'{name}' must be a whole number from {least} to {most}.");

    public bool? Flag(string name) =>
        Text(name) switch
        {
            null => null,
            "true" => true,
            "false" => false,
            _ => throw Problem.Query(name, $"'{name}' must be true or false."),
        };

    /// <summary>An instant, or the one that stands for a day.</summary>
    public DateTimeOffset? Instant(string name, Func<DateOnly, DateTimeOffset> ofDay) =>
        Text(name) is { } text ? ReadInstant(name, text, ofDay) : null;

    /// <summary>The sort order, one of those offered; the first when none is asked for.</summary>
    public string Sort(IEnumerable<string> offered)
    {
        var asked = Text("sort");
        return asked is null ? offered.First()
            : offered.Contains(asked) ? asked
            : throw Problem.Query("sort", $"'sort' must be one of {string.Join(", ", offered)}.");
    }

    /// <summary>Where the page before ended; null on the first page.</summary>
    public Position? After()
    {
        if (Text(QueryParameter.Cursor) is not { } text)
        {
            return null;
        }
        try
        {
            if (
                JsonSerializer.Deserialize<Position>(Base64Url.DecodeFromChars(text)) is { Sort: not null, Id: not null } position
                && position.List == List()
            )
            {
                return position;
            }
        }
        catch (Exception e) when (e is FormatException or JsonException or ArgumentException) { }
        throw Problem.Query(QueryParameter.Cursor, "The cursor does not belong to this list with these filters. Begin again without it.");
    }

    /// <summary>Cuts the page from one row more than its limit.</summary>
    /// <param name="rows">At most <see cref="Limit"/> + 1 rows.</param>
    /// <param name="values">Sort value and id of a row.</param>
    public Page<T> Page<T>(IReadOnlyList<T> rows, Func<T, (string Sort, string Id)> values)
    {
        if (rows.Count <= Limit)
        {
            return new Page<T>(rows, null);
        }
        var (sort, id) = values(rows[Limit - 1]);
        return new Page<T>([.. rows.Take(Limit)], Next(sort, id));
    }

    /// <summary>The cursor behind a row.</summary>
    public string Next(string sort, string id) =>
        Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(new Position(List(), sort, id)));

    /// <summary>One page of a list that was read whole, because its length has a bound (the parts of one project).</summary>
    public Page<T> Slice<T>(IReadOnlyList<T> all, Func<T, string> key)
    {
        var start = 0;
        if (After() is { } after)
        {
            while (start < all.Count && key(all[start]) != after.Id)
            {
                start++;
            }
            // The item may be gone since: then there is nothing safe to go on from.
            start =
                start < all.Count
                    ? start + 1
                    : throw Problem.Query(QueryParameter.Cursor, "The list has changed. Begin again without the cursor.");
        }
        return Page<T>([.. all.Skip(start).Take(Limit + 1)], item => ("", key(item)));
    }

    public static async ValueTask<ReadRequest> BindAsync(HttpContext context)
    {
        var ct = context.RequestAborted;
        var names = context.GetEndpoint()!.Metadata.GetMetadata<QueryNames>()?.Names ?? [];
        foreach (var (name, values) in context.Request.Query)
        {
            if (!names.Contains(name))
            {
                throw Problem.Query(
                    name,
                    names.Count == 0
                        ? "This address takes no query parameters."
                        : $"Unknown query parameter '{name}'. Allowed: {string.Join(", ", names)}."
                );
            }
            if (values.Count > 1)
            {
                throw Problem.Query(name, $"'{name}' is given more than once.");
            }
            if (QueryParameter.All[name].IsKey && !Keys.IsValid(values[0]!.ToLowerInvariant()))
            {
                throw Problem.Query(
                    name,
                    $"'{name}' must be a key: lower case letters and digits, inside also dot, underscore and hyphen."
                );
            }
        }
        var clock = context.RequestServices.GetRequiredService<TimeProvider>();
        var caller = context.Caller();
        var today = Berlin.DayOf(clock.GetUtcNow());
        await using var session = await context.RequestServices.GetRequiredService<PortfolioDatabase>().OpenAsync(ct);
        var head = await PortfolioLedger.NewestAsync(session, ct);
        var redacted = await context.RequestServices.GetRequiredService<AnswerBasis>().RedactedAsync(head, ct);
        var view = caller.ViewAt(today);
        string? asOf = context.Request.Query[QueryParameter.AsOf];
        string? revision = context.Request.Query[QueryParameter.Revision];
        string? to = context.Request.Query[QueryParameter.To];
        if (asOf is not null || revision is not null)
        {
            if (asOf is not null && revision is not null)
            {
                throw Problem.Query(QueryParameter.Revision, "Give 'asOf' or 'revision', not both.");
            }
            view = await ViewAtAsync(
                session,
                view,
                head,
                asOf is null ? QueryParameter.Revision : QueryParameter.AsOf,
                asOf ?? revision!,
                ct
            );
        }
        else if (to is not null)
        {
            // Of the two sides of a difference the later one is the moment of the answer.
            view = await ViewAtAsync(session, view, head, QueryParameter.To, to, ct);
        }
        var reading = new ReadRequest(context, caller, head, redacted, view);
        context.Items[typeof(ReadRequest)] = reading;
        return reading;
    }

    /// <summary>The earlier side of a difference: a revision, an instant or a day.</summary>
    public Task<View> FromAsync(Session session, CancellationToken ct) =>
        Text(QueryParameter.From) is { } text
            ? ViewAtAsync(session, View, Head, QueryParameter.From, text, ct)
            : throw Problem.Query(QueryParameter.From, "Give 'from': a revision, an instant or a day.");

    /// <summary>What says who asks, and with it what is shown.</summary>
    public const string Vary = "Authorization, Cookie";

    /// <summary>For somebody without a key: may be stored, must be asked about.</summary>
    public const string PublicUntilAskedAgain = "public, no-cache";

    /// <summary>Whether the query asks for another moment than now.</summary>
    public static bool LooksBack(QueryString query) =>
        query.Value is { } text
        && (
            text.Contains(QueryParameter.AsOf + "=", StringComparison.Ordinal)
            || text.Contains(QueryParameter.Revision + "=", StringComparison.Ordinal)
            || text.Contains(QueryParameter.To + "=", StringComparison.Ordinal)
        );

    /// <summary>Goes on with the state at the newest revision as of now, which cannot change any more.</summary>
    public void Pin(long head)
    {
        Head = head;
        View = View with { Revision = head };
    }

    /// <summary>Status 304 when the client has this very answer already.</summary>
    public bool ClientHasIt()
    {
        var moment = StateTag;
        foreach (var tag in _context.Request.Headers.IfNoneMatch.SelectMany(tags => tags?.Split(',') ?? []))
        {
            if (OurTag(tag, moment) is { } ours)
            {
                // Said again as it was: the first part is what If-Match asks for, and nothing was read that would tell it.
                _clientsTag = ours;
                return true;
            }
        }
        return false;
    }

    /// <summary>Says how long the answer holds: for ever at a fixed revision, otherwise until asked again.</summary>
    public void Headers(object? result)
    {
        var headers = _context.Response.Headers;
        var scope = Caller.Role == Role.Anonymous ? "public" : "private";
        headers.CacheControl = _fixed ? scope + ", max-age=31536000, immutable" : scope + ", no-cache";
        headers.Vary = Vary;
        headers.ETag =
            _clientsTag ?? $"\"{(result is Answer answer ? answer.Revision : (result as IRevised)?.Revision) ?? Head}-{StateTag}\"";
        headers["Portfolio-Revision"] = (View.Revision ?? Head).ToString(CultureInfo.InvariantCulture);
        if (result is Answer { Link: { } link })
        {
            headers.Link = link;
        }
        LinkNext(result);
    }

    /// <summary>The next page as a Link header.</summary>
    public void LinkNext(object? result)
    {
        if ((result as IPage)?.Next is { } next)
        {
            LinkNext(QueryParameter.Cursor, next);
        }
    }

    /// <summary>This address with another value of one parameter as the Link to what comes next.</summary>
    public void LinkNext(string name, string value) => LinkNext([(name, value)]);

    /// <summary>This address with other values of some parameters, or without them, as the Link to what comes next.</summary>
    public void LinkNext(params (string Name, string? Value)[] changed)
    {
        var request = _context.Request;
        var query = QueryString.Create(
            request
                .Query.Where(q => changed.All(c => c.Name != q.Key))
                .Select(q => KeyValuePair.Create(q.Key, (string?)q.Value[0]))
                .Concat(changed.Where(c => c.Value is not null).Select(c => KeyValuePair.Create(c.Name, c.Value)))
        );
        _context.Response.Headers.Link = $"<{request.PathBase}{request.Path}{query}>; rel=\"next\"";
    }

    /// <summary>A client's tag, strong, when it is one that we gave for this moment. Anything else is not said again: it could hold what no header may.</summary>
    public static string? OurTag(string tag, string moment)
    {
        var strong = tag.AsSpan().Trim();
        strong = strong.StartsWith("W/", StringComparison.Ordinal) ? strong[2..] : strong;
        return
            strong.Length > moment.Length + 3
            && strong[0] == '"'
            && strong[1..].EndsWith($"-{moment}\"", StringComparison.Ordinal)
            && !strong[1..^(moment.Length + 2)].ContainsAnyExceptInRange('0', '9')
            ? strong.ToString()
            : null;
    }

    /// <summary>The second part of an ETag.</summary>
    public static string StateTagOf(AnswerBasis basis, string address, View view, long head, long redacted, ApiVersion version) =>
        Tag(CacheKey(basis, address, view, head, redacted, version));

    // Nothing of the portfolio is above what the board sees.
    private static bool SeesAll(View view) => view.Sight >= Visibility.Board;

    /// <summary>
    /// All that an answer depends on: the version it is in, the address, the reader's rights, the revision, the day with whose eyes it looks, and the newest
    /// redaction, the one thing that changes the past. For those from whom something of the past may be hidden by now, it depends on the
    /// newest revision, too.
    /// </summary>
    private static string CacheKey(AnswerBasis basis, string address, View view, long head, long redacted, ApiVersion version) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{basis.Text}\n{version.Name}\n{address}\n{(int)view.Sight}\n{view.Own}\n{(view.Revision is { } r && r < head ? r : head)}\n{(SeesAll(view) ? 0 : head)}\n{view.Day.DayNumber}\n{redacted}"
        );

    // Quick rather than secret: whoever makes up a tag that fits fools nobody but himself.
    private static string Tag(string text) =>
        XxHash3.HashToUInt64(MemoryMarshal.AsBytes(text.AsSpan())).ToString("x16", CultureInfo.InvariantCulture);

    // A cursor belongs to a list with its filters: the address without paging.
    private string List()
    {
        var text = new StringBuilder(_context.Request.Path);
        foreach (var (name, value) in _context.Request.Query.OrderBy(q => q.Key, StringComparer.Ordinal))
        {
            if (name is not (QueryParameter.Cursor or QueryParameter.Limit))
            {
                text.Append('\n').Append(name).Append('=').Append(value[0]);
            }
        }
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 6));
    }

    private static async Task<View> ViewAtAsync(Session session, View view, long head, string name, string text, CancellationToken ct)
    {
        if (name != QueryParameter.AsOf && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return number > head
                ? throw Problem.Query(name, $"The newest revision is {head}.")
                : view with
                {
                    Revision = number,
                    Day = await PortfolioLedger.InstantOfAsync(session, number, ct) is { } made ? Berlin.DayOf(made) : view.Day,
                };
        }
        if (name == QueryParameter.Revision)
        {
            throw Problem.Query(name, "A revision must be a whole number from 0.");
        }
        var at = ReadInstant(name, text, Berlin.EndOf);
        if (Berlin.DayOf(at) > view.Day)
        {
            throw Problem.Query(name, name == QueryParameter.From ? "'from' must not be after 'to'." : "It must not be in the future.");
        }
        return view with { Revision = await PortfolioLedger.RevisionAtAsync(session, at, ct), Day = Berlin.DayOf(at) };
    }

    private static DateTimeOffset ReadInstant(string name, string text, Func<DateOnly, DateTimeOffset> ofDay) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
        && day.Year is >= 1900 and < 2200
            ? ofDay(day)
        : WrittenInstant().IsMatch(text)
        // A plus sign that was not encoded arrives as a space.
        && DateTimeOffset.TryParse(text.Replace(' ', '+'), CultureInfo.InvariantCulture, DateTimeStyles.None, out var at)
            ? at
        : throw Problem.Query(name, $"'{name}' must be a day (2026-06-30) or an instant with its offset (2026-06-30T12:00:00Z).");

    // Nothing else that .NET would read: a time of day without an offset looks like a day with one, and 11.12. like the twelfth of November.
    [GeneratedRegex(
        @"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?(Z|[-+ ][0-9]{2}:[0-9]{2})\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex WrittenInstant();
}

/// <summary>Where a page ended.</summary>
/// <param name="List">Which list.</param>
/// <param name="Sort">Sort value of the last row.</param>
/// <param name="Id">Its identity.</param>
internal sealed record Position(string List, string Sort, string Id)
{
    /// <summary>The sort value of lists that are ordered by revision.</summary>
    public long AtRevision() =>
        long.TryParse(Sort, NumberStyles.None, CultureInfo.InvariantCulture, out var revision)
            ? revision
            : throw Problem.Query(QueryParameter.Cursor, "The cursor is invalid. Begin again without it.");

    /// <summary>The sort value of lists that are ordered by instant.</summary>
    public DateTimeOffset AtInstant() =>
        DateTimeOffset.TryParseExact(Sort, "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out var at)
            ? at
            : throw Problem.Query(QueryParameter.Cursor, "The cursor is invalid. Begin again without it.");

    /// <summary>The sort value of lists that are ordered by day.</summary>
    public DateOnly AtDay() =>
        DateOnly.TryParseExact(Sort, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : throw Problem.Query(QueryParameter.Cursor, "The cursor is invalid. Begin again without it.");

    /// <summary>The key in lists whose equal sort values are ordered by it.</summary>
    public string AtKey() =>
        Keys.IsValid(Id) ? Id : throw Problem.Query(QueryParameter.Cursor, "The cursor is invalid. Begin again without it.");

    /// <summary>The identity in lists whose equal sort values are ordered by it.</summary>
    public Guid AtId() =>
        Guid.TryParse(Id, out var id) ? id : throw Problem.Query(QueryParameter.Cursor, "The cursor is invalid. Begin again without it.");
}

/// <summary>A page of a list.</summary>
internal interface IPage
{
    string? Next { get; }
}

/// <summary>A page of a list.</summary>
/// <param name="Data">The items.</param>
/// <param name="Next">Cursor of the next page; absent on the last.</param>
public sealed record Page<T>(IReadOnlyList<T> Data, string? Next) : IPage;

/// <summary>Answers reads: 304 when nothing changed, the same moment for all parts of an answer, and the headers that say so.</summary>
internal sealed class ReadFilter(PortfolioLedger ledger, ResponseCache cache) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var reading = (ReadRequest)http.Items[typeof(ReadRequest)]!;
        if (reading.ClientHasIt())
        {
            reading.Headers(null);
            return Results.StatusCode(StatusCodes.Status304NotModified);
        }
        if (cache.Find(reading.CacheKey()) is { } answer)
        {
            reading.Headers(answer);
            return answer;
        }
        var result = await next(context);
        if (reading.View.Revision is null && await ledger.NewestAsync(http.RequestAborted) is var head && head != reading.Head)
        {
            // Somebody wrote between two statements of this answer: read it again at a revision that stands still.
            reading.Pin(head);
            result = await next(context);
        }
        if (result is IResult)
        {
            reading.Headers(result);
            return result;
        }
        reading.Headers(result);
        answer = Answer.Of(result!, http.Response.Headers.Link, http.Version().Output);
        cache.Keep(reading.CacheKey(), answer);
        return answer;
    }
}

/// <summary>Answers reads of what is not kept in versions: never stored by anybody.</summary>
internal sealed class CurrentFilter : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var result = await next(context);
        var headers = context.HttpContext.Response.Headers;
        headers.CacheControl = "no-store";
        if (result is IRevised revised)
        {
            // For If-Match: what is shown may change without a revision, so it is never the same by this alone.
            headers.ETag = string.Create(CultureInfo.InvariantCulture, $"\"{revised.Revision}-now\"");
        }
        ((ReadRequest)context.HttpContext.Items[typeof(ReadRequest)]!).LinkNext(result);
        return result;
    }
}
