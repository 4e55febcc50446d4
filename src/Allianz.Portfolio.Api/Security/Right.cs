using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Authorization;

namespace Allianz.Portfolio.Api.Security;

/// <summary>What somebody does with something.</summary>
internal enum Act
{
    Read,
    Create,
    Change,
    Delete,
}

/// <summary>What a right is about.</summary>
internal enum Resource
{
    /// <summary>The portfolio at a glance: counts, duties, findings.</summary>
    Portfolio,

    /// <summary>The change feed, the history of a project, the difference between two moments.</summary>
    History,
    Project,
    Participation,
    Milestone,
    StatusUpdate,

    /// <summary>A status update that is being written.</summary>
    StatusDraft,
    Assessment,
    Gate,
    Risk,
    DecisionRequest,
    Partner,

    /// <summary>Where a partner is reminded of its reports.</summary>
    PartnerContact,
    FieldOfAction,
    ReportingCycle,

    /// <summary>Who has to report in a cycle, and who has.</summary>
    Duty,
    BoardMeeting,
    Mandate,

    /// <summary>That a project answers to a mandate.</summary>
    MandateLink,
    Indicator,
    Observation,

    /// <summary>That a project has a part in an indicator.</summary>
    IndicatorLink,
    Report,

    /// <summary>A step of a report on its way through the board.</summary>
    ReportTransition,

    /// <summary>A report that is being prepared.</summary>
    ReportDraft,

    /// <summary>A task that the board gave.</summary>
    Assignment,
    ReportSchedule,
    Import,
    Account,

    /// <summary>Coming in and going out, and what belongs to whoever is signed in.</summary>
    SignIn,
    ApiKey,
    AuditRecord,

    /// <summary>Everything that is held on a person.</summary>
    PersonalData,

    /// <summary>Taking a text out of what was written.</summary>
    Redaction,
    Letter,
    UpdateLink,

    /// <summary>The form that an update link opens.</summary>
    UpdateForm,

    /// <summary>The dashboard of background jobs.</summary>
    Job,

    /// <summary>Whether the program runs and can serve.</summary>
    Health,

    /// <summary>Styles, fonts, the page for errors, the documentation of the API, security.txt: what is the same for everybody.</summary>
    Frame,
}

/// <summary>Where a right holds; several together must all be true.</summary>
[Flags]
internal enum Extent
{
    /// <summary>Wherever the caller sees it.</summary>
    Anywhere = 0,

    /// <summary>What is its own partner's.</summary>
    Own = 1,

    /// <summary>In projects in which its partner takes part today.</summary>
    TakesPart = 2,

    /// <summary>In projects that its partner leads today.</summary>
    Leads = 4,
}

/// <summary>What an API key may be narrowed to. It never gives more than its role does.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Scope>))]
public enum Scope
{
    /// <summary>Reading what is public. Every key has it, because nobody needs a key for it.</summary>
    [JsonStringEnumMemberName("read-public")]
    ReadPublic,

    /// <summary>Reading what the alliance sees.</summary>
    [JsonStringEnumMemberName("read-alliance")]
    ReadAlliance,

    /// <summary>Reading what the board sees.</summary>
    [JsonStringEnumMemberName("read-board")]
    ReadBoard,

    /// <summary>Reporting: status updates, forecasts, risks, decision requests, and what a lead partner says of its project.</summary>
    [JsonStringEnumMemberName("report")]
    Report,

    /// <summary>Keeping the portfolio, as the coordination does.</summary>
    [JsonStringEnumMemberName("keep")]
    Keep,

    /// <summary>Administering the installation.</summary>
    [JsonStringEnumMemberName("administer")]
    Administer,
}

/// <summary>Scopes as they are stored: their codes by comma, nothing for all that the role gives.</summary>
internal static class ScopeList
{
    private static readonly Dictionary<string, Scope> _byCode = Enum.GetValues<Scope>().ToDictionary(Code);

    public static string Code(Scope scope) => JsonSerializer.Serialize(scope).Trim('"');

    public static string? Text(IEnumerable<Scope>? scopes) =>
        scopes is null ? null : string.Join(',', scopes.Distinct().Order().Select(Code));

    public static IReadOnlySet<Scope>? Parse(string? text) => text?.Split(',').Select(code => _byCode[code]).ToHashSet();
}

/// <summary>A right that a role has.</summary>
/// <param name="Extent">Where it holds.</param>
/// <param name="Scope">The scope that an API key needs for it.</param>
/// <param name="Fields">The fields that it is confined to; all when absent.</param>
internal sealed record Grant(Extent Extent, Scope Scope, IReadOnlyList<string>? Fields = null);

/// <summary>
/// A right by name, e.g. to change a milestone. An endpoint names one with <c>.For(...)</c>, a page with <see cref="RightAttribute"/>; who has
/// it stands in <see cref="RightsTable"/> and nowhere else.
/// </summary>
internal sealed record Right(Act Act, Resource Resource) : IAuthorizationRequirement
{
    public static Right Read(Resource resource) => new(Act.Read, resource);

    public static Right Create(Resource resource) => new(Act.Create, resource);

    public static Right Change(Resource resource) => new(Act.Change, resource);

    public static Right Delete(Resource resource) => new(Act.Delete, resource);

    public override string ToString() => $"{Act} {Resource}";
}

/// <summary>The right that a page needs; what a page without one would show is shown to nobody.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class RightAttribute(Act act, Resource resource) : Attribute
{
    public Right Right { get; } = new(act, resource);
}
