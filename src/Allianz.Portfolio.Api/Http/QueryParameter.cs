namespace Allianz.Portfolio.Api.Http;

/// <summary>A query parameter that some reads take. What an endpoint does not name is refused.</summary>
/// <param name="Name">As in the address.</param>
/// <param name="Description">For OpenAPI.</param>
/// <param name="Example">A value it may have.</param>
/// <param name="Type">What it holds: the codes of an enumeration, a number, yes or no; text when absent.</param>
internal sealed record QueryParameter(string Name, string Description, string Example, Type? Type = null)
{
    /// <summary>What it may be besides the codes of its type.</summary>
    public IReadOnlyList<string> Also { get; init; } = [];

    /// <summary>It is a key of something.</summary>
    public bool IsKey { get; init; }

    public const string AsOf = "asOf";
    public const string Revision = "revision";
    public const string Limit = "limit";
    public const string Cursor = "cursor";
    public const string After = "after";
    public const string Ordinal = "ordinal";
    public const string From = "from";
    public const string To = "to";
    public const string Since = "since";
    public const string Until = "until";

    /// <summary>All there are, in one place, so that the same word means the same everywhere.</summary>
    public static readonly IReadOnlyDictionary<string, QueryParameter> All = new QueryParameter[]
    {
        new(
            AsOf,
            "The state at that instant (ISO 8601 with offset) or at the end of that day (yyyy-MM-dd), seen with the eyes of that day.",
            "2026-06-30"
        ),
        new(Revision, "The state at that revision. Such an answer never changes.", "1", typeof(long)),
        new(Limit, "Most items in one answer: 1 to 500, otherwise 100.", "100", typeof(long)),
        new(Cursor, "Where to go on: the value of `next` in the answer before.", ""),
        new("phase", "Only projects in this phase.", "implementing", typeof(Domain.Phase)),
        new("rag", "Only projects whose reported light is this; `none` where nothing is reported.", "red", typeof(Domain.Rag))
        {
            Also = ["none"],
        },
        new("partner", "Only what this partner (its key) has a part in.", "ihk") { IsKey = true },
        new("fieldOfAction", "Only projects of this field of action (its key).", "energie-und-umwelt") { IsKey = true },
        new("signal", "Only projects with this finding.", "greenButOverdue", typeof(Domain.SignalCode)),
        new("changedSince", "Only what was changed after this revision.", "1", typeof(long)),
        new("archived", "`true`: only archived projects. Otherwise they are left out.", "true", typeof(bool)),
        new("q", "Only what contains all these words, without regard to case and accents.", "parken"),
        new("sort", "Order; a minus before it turns it round.", "title"),
        new("state", "Only those in this state.", "open", typeof(Domain.DecisionState)),
        new("report", "Only what belongs to this report (its number).", "12", typeof(long)),
        new("cycle", "Of this reporting cycle (its key).", "2026-q4") { IsKey = true },
        new("meeting", "Only what is for this meeting of the board (its key).", "2026-12-08") { IsKey = true },
        new("project", "Only what belongs to this project (its key).", "parken-in-hoerde") { IsKey = true },
        new(After, "Only revisions after this one.", "0", typeof(long)),
        new(
            Ordinal,
            "With `after`: go on inside of the very next revision, behind this change. The value of `nextOrdinal` in the answer before.",
            "0",
            typeof(long)
        ),
        new(From, "The earlier side: a revision, an instant or a day.", "1"),
        new(To, "The later side: a revision, an instant or a day; otherwise now.", "2"),
        new("milestone", "Only this milestone (its key).", "abschluss") { IsKey = true },
        new("failed", "`true`: only letters that were given up.", "true", typeof(bool)),
        new("kind", "Only partners of this kind.", "company", typeof(Domain.PartnerKind)),
        new("event", "Only entries of this event.", "signInFailed", typeof(Security.AuditEvent)),
        new("role", "Only accounts of this role.", "board", typeof(Security.Role)),
        new("active", "`true`: only accounts that may sign in; `false`: only the others.", "true", typeof(bool)),
        new("actor", "Only what this one did, in the words of the ledger.", "key:ihk-redaktion"),
        new("subject", "Only what is about this one, in the words of the ledger.", "report:12"),
        new(Since, "Not before this instant or day.", "2026-06-01"),
        new(Until, "Not after this instant or day.", "2026-06-30"),
    }.ToDictionary(p => p.Name);
}

/// <summary>The parameters that an endpoint takes.</summary>
internal sealed record QueryNames(IReadOnlyList<string> Names);

/// <summary>A parameter whose codes are an endpoint's own, in place of those that stand in <see cref="QueryParameter.All"/>.</summary>
internal sealed record QueryCodes(string Name, Type Type, string Description);

/// <summary>The orders that a list offers; the first when none is asked for.</summary>
internal sealed record SortOrders(IReadOnlyList<string> Names);
