using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Api.Kinds;

internal static class Projects
{
    public static readonly ProjectDeclaration Kind = new()
    {
        Plural = "projects",
        Names = "Projects",
        Resource = Resource.Project,
        KeyFrom = project => project.Title,
        KeyElse = "projekt",
        Rules = Project.Rules,
        // What is shown is more than what is kept: ListProjects and GetProject.
        UseCases = [Verb.List, Verb.Read],
        Uses = new(from =>
            $"SELECT 'assignment' AS What, a.[Key] AS [Key] FROM {from.Own("Assignment", "a")} WHERE a.Project = @key ORDER BY a.[Key] {from.Take}"
        ),
        Summaries = new(
            "Projects, page by page",
            "The whole of a project",
            "Create a project",
            "Change a project, or archive it",
            "Delete a project with all its parts; one that an assignment of the board is about is archived instead"
        ),
        New = new()
        {
            Key = "parken-in-hoerde",
            Title = "Parken in Hörde",
            Goal = "Weniger Parksuchverkehr",
            Phase = Phase.Preparing,
            StartsOn = new(2026, 1, 1),
            EndsOn = new(2027, 12, 31),
            BudgetCents = 25_000_000,
            Funding = [new FundingSource { Source = "EFRE", Cents = 12_500_000 }],
            Visibility = Visibility.Public,
            Tags = ["parken"],
        },
        ChangeExample = new { phase = "implementing", endsOn = "2028-06-30" },
    };
}
