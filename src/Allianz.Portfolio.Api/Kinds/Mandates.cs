using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Api.Kinds;

internal static class Mandates
{
    private static readonly Statement _links = new(from =>
        $"SELECT x.* FROM {from.Projects("p")} JOIN {from.Parts("MandateLink", "x", of: "p")} WHERE x.Mandate = @mandate"
    );

    private static readonly Statement _projects = new(from =>
        $"""
            SELECT p.* FROM {from.Projects("p")}
            WHERE EXISTS (SELECT 1 FROM {from.PartsWhere("MandateLink", "x", of: "p")} AND x.Mandate = @mandate)
            """
    );

    public static readonly SharedDeclaration<Mandate> Kind = new()
    {
        Plural = "mandates",
        Names = "Mandates",
        Resource = Resource.Mandate,
        Order = ("TitleSort", mandate => mandate.TitleSort),
        Filters =
        [
            Filter.Code<MandateState>("state", "Only those in this state."),
            Filter.Key(
                "project",
                from =>
                    $"EXISTS (SELECT 1 FROM {from.Projects("p")} JOIN {from.Parts("MandateLink", "l", of: "p")} WHERE p.[Key] = @project AND l.Mandate = x.[Key])"
            ),
        ],
        KeyFrom = mandate => mandate.Number ?? mandate.Title,
        KeyElse = "auftrag",
        Rules = Mandate.Rules,
        Complete = (_, before, after, _) => Task.FromResult(after.After(before)),
        Afterwards = HideLinksAsync,
        Uses = new(from =>
            $"""
                SELECT 'link' AS What, x.[Key] AS [Key], p.[Key] AS Project
                FROM {from.Projects("p")} JOIN {from.Parts("MandateLink", "x", of: "p")} WHERE x.Mandate = @key
                ORDER BY 3, 2 {from.Take}
                """
        ),
        Summaries = new(
            "What the council and its committees ordered, by title",
            "A mandate",
            "Add a mandate",
            "Change a mandate, or say what became of it",
            "Delete a mandate that no project answers to"
        ),
        New = new()
        {
            Number = "17042-20",
            Title = "Beteiligung am BMI Smart City Förderaufruf",
            Body = "Hauptausschuss",
            DecidedOn = new(2020, 3, 26),
            Visibility = Visibility.Public,
            Steps =
            [
                new CouncilStep
                {
                    Body = "Hauptausschuss",
                    Role = CouncilRole.Decision,
                    On = new(2020, 3, 26),
                    Result = "beschlossen",
                    Number = "17042-20",
                },
            ],
        },
        ChangeExample = new { state = "fulfilled" },
    };

    // Who does not see the mandate must not learn from a project that there is one.
    private static async Task HideLinksAsync(WriteContext context, Mandate? before, Mandate? after, CancellationToken ct)
    {
        if (before is null || after is null || after.Visibility == before.Visibility)
        {
            return;
        }
        var (revision, all) = (context.Revision, View.All(context.Today));
        var parameters = new { mandate = after.Key };
        var projects = (await revision.Session.QueryAsync<Project>(_projects, all, parameters, ct)).ToDictionary(p => p.Id);
        foreach (var link in await revision.Session.QueryAsync<MandateLink>(_links, all, parameters, ct))
        {
            await revision.UpdateAsync(link, link with { Visibility = after.Visibility }, projects[link.ProjectId], ct);
        }
    }
}
