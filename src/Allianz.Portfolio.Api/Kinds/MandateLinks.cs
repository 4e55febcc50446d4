using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Api.Kinds;

internal static class MandateLinks
{
    public static readonly LinkDeclaration<MandateLink, Mandate> Kind = new()
    {
        Plural = "mandates",
        Names = "MandateLinks",
        Tag = "Mandates",
        Resource = Resource.MandateLink,
        Other = Mandates.Kind,
        KeyFrom = link => link.Mandate.Key,
        KeyElse = "auftrag",
        Complete = async (context, before, link, ct) =>
            before is null ? link with { Visibility = (await context.State.FindAsync<Mandate>(link.Mandate.Key, ct))!.Visibility } : link,
        ProjectsSummary = "The projects that answer to a mandate, with milestone and evidence",
        Summaries = new(
            "The mandates that a project answers to",
            "A project's link to a mandate",
            "Say that a project answers to a mandate",
            "Say which milestone fulfils a mandate, and what shows it",
            "Say that a project does not answer to a mandate"
        ),
        New = new() { Mandate = new("17042-20", "17042-20"), Milestone = new("abschluss", "abschluss") },
        ChangeExample = new { evidence = "Förderbescheid vom 14.09.2020" },
    };
}
