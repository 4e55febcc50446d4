using System.Collections.Frozen;
using Allianz.Portfolio.Domain;

namespace Allianz.Portfolio.Api.Security;

/// <summary>
/// Who may do what. Endpoints, pages, handlers, the jobs' dashboard, OpenAPI and <c>docs/rights.md</c> read it here, and a test compares it
/// with what every endpoint does. How much of it all a role sees is <see cref="SightOf"/>: what is above that does not exist for it.
/// </summary>
internal static class RightsTable
{
    /// <summary>The highest visibility that a role may see.</summary>
    public static Visibility SightOf(Role role) =>
        role switch
        {
            Role.Administrator => Visibility.Administration,
            Role.Coordination or Role.Board => Visibility.Board,
            Role.PartnerEditor or Role.Reader => Visibility.Alliance,
            _ => Visibility.Public,
        };

    /// <summary>All rights that there are.</summary>
    public static readonly IReadOnlyList<Row> Rows =
    [
        Everybody(Right.Read(Resource.Portfolio)),
        Everybody(Right.Read(Resource.History)),
        Everybody(Right.Read(Resource.Project)),
        Keepers(Right.Create(Resource.Project)),
        Editors(Right.Change(Resource.Project), Where(Extent.Leads, "problem", "goal", "solution")) with
        {
            Why = "The lead partner describes its project. The coordination sets the frame: title, phase, dates, money, visibility, tags.",
        },
        Keepers(Right.Delete(Resource.Project)),
        Everybody(Right.Read(Resource.Participation)),
        Keepers(Right.Create(Resource.Participation)) with
        {
            Why = "A partner's rights depend on taking part, so partners can neither grant it to themselves nor take it from others.",
        },
        Keepers(Right.Change(Resource.Participation)),
        Keepers(Right.Delete(Resource.Participation)),
        Everybody(Right.Read(Resource.Milestone)),
        Editors(
            Right.Create(Resource.Milestone),
            Where(Extent.Leads, "key", "title", "description", "forecastOn", "forecastReason", "achievedOn", "partner", "sample")
        ) with
        {
            Why =
                "A project is measured by its baseline and its approved date, so only the coordination sets them and the decision behind them.",
        },
        Editors(
            Right.Change(Resource.Milestone),
            Where(Extent.TakesPart, "forecastOn", "forecastReason"),
            Where(Extent.Leads, "title", "description", "achievedOn", "partner", "sample")
        ) with
        {
            Why =
                "Every partner of a project forecasts its milestones. Achieving one ends the forecasts of all partners, so only the lead partner records it.",
        },
        Keepers(Right.Delete(Resource.Milestone)),
        Everybody(Right.Read(Resource.StatusUpdate)),
        Editors(Right.Create(Resource.StatusUpdate), Where(Extent.TakesPart | Extent.Own)) with
        {
            Why = "In the name of the editor's own partner. Forecasts and decision requests in it need their own rights as well.",
        },
        Editors(Right.Read(Resource.StatusDraft), Where(Extent.TakesPart | Extent.Own)) with
        {
            Why =
                "Until it is submitted, a draft is visible only to its own side: partners do not see what the coordination prepares for them, nor the other way round.",
        },
        Editors(Right.Change(Resource.StatusDraft), Where(Extent.TakesPart | Extent.Own)),
        Editors(Right.Delete(Resource.StatusDraft), Where(Extent.TakesPart | Extent.Own)),
        Everybody(Right.Read(Resource.Assessment)),
        Keepers(Right.Create(Resource.Assessment)),
        Everybody(Right.Read(Resource.Gate)),
        Keepers(Right.Create(Resource.Gate)) with
        {
            Why = "A gate decides whether a project may continue, so no project decides it itself.",
        },
        Keepers(Right.Change(Resource.Gate)),
        Keepers(Right.Delete(Resource.Gate)),
        Everybody(Right.Read(Resource.Risk)),
        Editors(
            Right.Create(Resource.Risk),
            Where(Extent.TakesPart, "title", "description", "probability", "impact", "response", "state", "partner", "visibility", "sample")
        ) with
        {
            Why =
                "Without `key`: a refusal because a key is in use would reveal a risk that the partner may not see, so the program generates it.",
        },
        Editors(
            Right.Change(Resource.Risk),
            Where(Extent.TakesPart, "title", "description", "probability", "impact", "response", "state", "sample"),
            Where(Extent.TakesPart | Extent.Own, "partner", "visibility")
        ) with
        {
            Why = "Only the partner that owns a risk and the coordination decide who sees it and who owns it.",
        },
        Keepers(Right.Delete(Resource.Risk)),
        Everybody(Right.Read(Resource.DecisionRequest)) with
        {
            Why = "A partner's editors also see requests of their own partner that otherwise only the board sees.",
        },
        Editors(
            Right.Create(Resource.DecisionRequest),
            Where(Extent.TakesPart | Extent.Own, "title", "text", "neededBy", "partner", "state", "visibility", "sample")
        ) with
        {
            Why =
                "A partner asks in its own name. The coordination records the decision (`outcome`, `decidedOn`, `meeting`); the program generates `key`, as for risks.",
        },
        Editors(
            Right.Change(Resource.DecisionRequest),
            Where(Extent.TakesPart | Extent.Own, "title", "text", "neededBy", "partner", "state", "visibility", "sample")
        ) with
        {
            Why = "Until it is decided; the coordination records the decision.",
        },
        Keepers(Right.Delete(Resource.DecisionRequest)),
        Everybody(Right.Read(Resource.Partner)),
        Keepers(Right.Create(Resource.Partner)),
        Keepers(Right.Change(Resource.Partner)),
        Keepers(Right.Delete(Resource.Partner)),
        Keepers(Right.Read(Resource.PartnerContact), Scope.ReadBoard) with
        {
            Why = "Functional mailboxes are not personal data, but others have no need to see them.",
        },
        Keepers(Right.Change(Resource.PartnerContact)),
        Everybody(Right.Read(Resource.FieldOfAction)),
        Keepers(Right.Create(Resource.FieldOfAction)),
        Keepers(Right.Change(Resource.FieldOfAction)),
        Keepers(Right.Delete(Resource.FieldOfAction)),
        Everybody(Right.Read(Resource.ReportingCycle)),
        Keepers(Right.Create(Resource.ReportingCycle)),
        Keepers(Right.Change(Resource.ReportingCycle)),
        Keepers(Right.Delete(Resource.ReportingCycle)),
        Alliance(Right.Read(Resource.Duty)) with
        {
            Why = "Which partner has not reported is visible only within the alliance, unless `Duties:Public` is set.",
        },
        Everybody(Right.Read(Resource.BoardMeeting)),
        Keepers(Right.Create(Resource.BoardMeeting)),
        Keepers(Right.Change(Resource.BoardMeeting)),
        Keepers(Right.Delete(Resource.BoardMeeting)),
        Everybody(Right.Read(Resource.Mandate)),
        Keepers(Right.Create(Resource.Mandate)),
        Keepers(Right.Change(Resource.Mandate)),
        Keepers(Right.Delete(Resource.Mandate)),
        Everybody(Right.Read(Resource.MandateLink)),
        Keepers(Right.Create(Resource.MandateLink)),
        Keepers(Right.Change(Resource.MandateLink)),
        Keepers(Right.Delete(Resource.MandateLink)),
        Everybody(Right.Read(Resource.Indicator)),
        Keepers(Right.Create(Resource.Indicator)),
        Keepers(Right.Change(Resource.Indicator)),
        Keepers(Right.Delete(Resource.Indicator)),
        Everybody(Right.Read(Resource.Observation)),
        Keepers(Right.Create(Resource.Observation)),
        Keepers(Right.Change(Resource.Observation)),
        Keepers(Right.Delete(Resource.Observation)),
        Everybody(Right.Read(Resource.IndicatorLink)),
        Keepers(Right.Create(Resource.IndicatorLink)),
        Keepers(Right.Change(Resource.IndicatorLink)),
        Keepers(Right.Delete(Resource.IndicatorLink)),
        Everybody(Right.Read(Resource.Report)) with
        {
            Why = "A report is frozen: it keeps showing what its visibility allowed on its day, even if something in it was hidden later.",
        },
        Keepers(Right.Create(Resource.Report)),
        Everybody(Right.Read(Resource.ReportTransition)) with
        {
            Why =
                "For the reports one can see. A report for a board meeting is visible only to the board until the board has dealt with it.",
        },
        Keepers(Right.Create(Resource.ReportTransition)) with
        {
            Why = "The coordination records what the board decided on a report, with the meeting and the agenda item.",
        },
        Keepers(Right.Read(Resource.ReportDraft), Scope.ReadBoard),
        Keepers(Right.Create(Resource.ReportDraft)),
        Keepers(Right.Change(Resource.ReportDraft)),
        Keepers(Right.Delete(Resource.ReportDraft)),
        Everybody(Right.Read(Resource.Assignment)),
        Keepers(Right.Create(Resource.Assignment)),
        Keepers(Right.Change(Resource.Assignment)),
        Keepers(Right.Delete(Resource.Assignment)),
        Everybody(Right.Read(Resource.ReportSchedule)),
        Keepers(Right.Create(Resource.ReportSchedule)),
        Keepers(Right.Change(Resource.ReportSchedule)),
        Keepers(Right.Delete(Resource.ReportSchedule)),
        Keepers(Right.Read(Resource.Import), Scope.ReadBoard),
        Keepers(Right.Create(Resource.Import)),
        Keepers(Right.Read(Resource.UpdateLink), Scope.ReadBoard),
        Keepers(Right.Create(Resource.UpdateLink)),
        Keepers(Right.Delete(Resource.UpdateLink)),
        Everybody(Right.Read(Resource.UpdateForm)) with
        {
            Why =
                "Whoever has the secret of the link can submit the one status update it is for, in the name of its partner. Without the secret nothing is visible.",
        },
        Administrators(Right.Read(Resource.Account)),
        Administrators(Right.Create(Resource.Account)),
        Administrators(Right.Change(Resource.Account)) with
        {
            Why = "Includes inviting again and removing a lost second factor.",
        },
        Administrators(Right.Delete(Resource.Account)),
        Everybody(Right.Read(Resource.SignIn)) with
        {
            Why = "Everybody can reach the sign-in pages; an account is shown only to its owner.",
        },
        Administrators(Right.Read(Resource.ApiKey)),
        Administrators(Right.Create(Resource.ApiKey)),
        Administrators(Right.Change(Resource.ApiKey)),
        Administrators(Right.Delete(Resource.ApiKey)),
        Administrators(Right.Read(Resource.AuditRecord)),
        Administrators(Right.Read(Resource.PersonalData)) with
        {
            Why = "For people who ask what data is held about them. Everybody can export their own data at `/account`.",
        },
        Administrators(Right.Create(Resource.Redaction)),
        Administrators(Right.Read(Resource.Letter)),
        Administrators(Right.Change(Resource.Job)) with
        {
            Why = "Whoever sees the dashboard can run, repeat and delete jobs.",
        },
        Everybody(Right.Read(Resource.Health)) with
        {
            Why = "Monitoring has no key; it gets one word and the number of the newest revision.",
        },
        Everybody(Right.Read(Resource.Frame)),
    ];

    private static readonly FrozenDictionary<Right, Row> _byRight = Rows.ToFrozenDictionary(r => r.Right);

    /// <summary>The scopes that have something to give to a role.</summary>
    public static IEnumerable<Scope> ScopesOf(Role role) =>
        Rows.SelectMany(r => r.Of(role))
            .Select(g => g.Scope)
            .Concat(SightOf(role) >= Visibility.Alliance ? [Scope.ReadAlliance] : [])
            .Concat(SightOf(role) >= Visibility.Board ? [Scope.ReadBoard] : [])
            .Distinct()
            .Order();

    /// <summary>What the table says of a right; it says something of every right that is named anywhere.</summary>
    public static Row Of(Right right) =>
        _byRight.TryGetValue(right, out var row)
            ? row
            : throw new InvalidOperationException($"The table of rights does not know '{right}'.");

    /// <summary>A line of the table.</summary>
    /// <param name="Right">To do what.</param>
    internal sealed record Row(Right Right)
    {
        private readonly Dictionary<Role, IReadOnlyList<Grant>> _grants = [];

        public required IEnumerable<(Role Role, IReadOnlyList<Grant> Grants)> Grants
        {
            get => _grants.Select(g => (g.Key, g.Value));
            init
            {
                foreach (var (role, grants) in value)
                {
                    _grants[role] = grants;
                }
            }
        }

        /// <summary>The reason, where it is not obvious.</summary>
        public string? Why { get; init; }

        /// <summary>What a role may; nothing when empty.</summary>
        public IReadOnlyList<Grant> Of(Role role) => _grants.GetValueOrDefault(role, []);

        /// <summary>Whether it needs nobody to say who he is.</summary>
        public bool IsForEverybody => _grants.ContainsKey(Role.Anonymous);
    }

    private static Grant Where(Extent extent, params string[] fields) => new(extent, Scope.Report, fields.Length == 0 ? null : fields);

    private static Row Everybody(Right right) =>
        new(right) { Grants = Enum.GetValues<Role>().Select(r => (r, (IReadOnlyList<Grant>)[new(Extent.Anywhere, Scope.ReadPublic)])) };

    // Whoever sees what the alliance sees.
    private static Row Alliance(Right right) =>
        new(right) { Grants = Roles.All.Select(r => (r, (IReadOnlyList<Grant>)[new(Extent.Anywhere, Scope.ReadAlliance)])) };

    // Partner editors where and what is theirs. Who keeps the portfolio may do the same everywhere, and with the scope `keep` all of it.
    private static Row Editors(Right right, params Grant[] grants)
    {
        var fields = grants.Any(g => g.Fields is null) ? null : grants.SelectMany(g => g.Fields!).Distinct().ToArray();
        IReadOnlyList<Grant> keeps = [new(Extent.Anywhere, Scope.Keep), new(Extent.Anywhere, Scope.Report, fields)];
        return new(right) { Grants = [(Role.PartnerEditor, grants), (Role.Coordination, keeps), (Role.Administrator, keeps)] };
    }

    private static Row Keepers(Right right, Scope scope = Scope.Keep)
    {
        IReadOnlyList<Grant> all = [new(Extent.Anywhere, scope)];
        return new(right) { Grants = [(Role.Coordination, all), (Role.Administrator, all)] };
    }

    private static Row Administrators(Right right) =>
        new(right) { Grants = [(Role.Administrator, [new(Extent.Anywhere, Scope.Administer)])] };
}
