using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Api.Kinds;

internal static class Assignments
{
    public static readonly SharedDeclaration<Assignment> Kind = new()
    {
        Plural = "assignments",
        Names = "Assignments",
        Resource = Resource.Assignment,
        Order = ("DueOn", assignment => assignment.DueOn),
        Filters =
        [
            Filter.Code<AssignmentState>("state", "Only those in this state."),
            Filter.Key("partner"),
            // As far as the reader sees the project.
            Filter.Key("project", _ => "ProjectOf.[Key] = @project"),
            Filter.Number("report"),
        ],
        KeyFrom = assignment => assignment.Title,
        KeyElse = "auftrag",
        Rules = Assignment.Rules,
        Fits = async (state, assignment, ct) =>
        {
            await RequireVisibleAsync(state, assignment, "", ct);
            await References.RequireReportAsync(state, assignment.Report, ct);
        },
        Summaries = new(
            "Assignments, the most urgent first",
            "An assignment",
            "Add an assignment",
            "Change an assignment, or say that it is done",
            "Delete an assignment that never was one"
        ),
        New = new()
        {
            Key = "flaechen-pruefen",
            Title = "Flächen in Hörde prüfen",
            Text = "Welche städtischen Flächen eignen sich für einen zweiten Standort?",
            Partner = new("ihk", "ihk"),
            Project = new("parken-in-hoerde", "parken-in-hoerde"),
            DueOn = new(2027, 2, 26),
        },
        ChangeExample = new
        {
            state = "done",
            doneOn = "2027-02-12",
            evidence = "Vermerk der Stadtplanung, Az. 61/3",
        },
    };

    /// <summary>422 where somebody would see it who does not see its project.</summary>
    /// <param name="state">As the command finds it.</param>
    /// <param name="assignment">As it would be.</param>
    /// <param name="path">Where it stands in the body.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task RequireVisibleAsync(LedgerState state, Assignment assignment, string path, CancellationToken ct)
    {
        if (assignment.Project is { } project && (await state.FindAsync<Project>(project.Key, ct))!.Visibility > assignment.Visibility)
        {
            throw Problem.Invalid($"{path}/visibility", "visibility must not be wider than that of its project.");
        }
    }
}
