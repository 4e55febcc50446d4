using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Api.Kinds;

internal static class ReportDrafts
{
    public static readonly SharedDeclaration<ReportDraft> Kind = new()
    {
        Plural = "report-drafts",
        Names = "ReportDrafts",
        InAddress = "draft",
        Resource = Resource.ReportDraft,
        Order = ("Key", draft => draft.Key),
        Filters = [Filter.Key("meeting")],
        KeyFrom = draft => draft.Title,
        KeyElse = "bericht",
        Rules = ReportDraft.Rules,
        Final = draft =>
            draft.Report is { } number
                ? $"The draft was issued as report {number}. What is issued does not change: issue a correction."
                : null,
        Fits = RequireCommentsAsync,
        Summaries = new(
            "Reports that are being prepared, and those that were issued",
            "A report that is being prepared",
            "Begin to prepare a report",
            "Go on preparing a report",
            "Throw a draft away that was not issued"
        ),
        New = new()
        {
            Key = "sitzung-2026-12-08",
            Title = "Sachstandsbericht zur Sitzung des Verwaltungsvorstands",
            Visibility = Visibility.Public,
            Foreword = "Die Allianz ist auf gutem Weg; zwei Projekte brauchen eine Entscheidung.",
            Comments = [new ProjectComment { Project = "parken-in-hoerde", Text = "Der zweite Standort hängt an der Flächenfrage." }],
        },
        ChangeExample = new { foreword = "Die Allianz ist auf gutem Weg; ein Projekt braucht eine Entscheidung." },
    };

    /// <summary>422 for a comment on a project that the report's readers do not see: it would be lost.</summary>
    public static async Task RequireCommentsAsync(LedgerState state, ReportDraft draft, CancellationToken ct)
    {
        foreach (var (n, comment) in draft.Comments.Index())
        {
            var pointer = $"/comments/{n}/project";
            var project =
                await state.FindAsync<Project>(comment.Project, ct)
                ?? throw Problem.Invalid(pointer, $"There is no project '{comment.Project}'.");
            if (project.Visibility > draft.Visibility || project.Archived)
            {
                throw Problem.Invalid(pointer, $"Project '{comment.Project}' does not appear in a report of this visibility.");
            }
        }
    }
}
