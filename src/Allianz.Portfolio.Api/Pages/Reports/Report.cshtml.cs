using System.Globalization;
using Allianz.Portfolio.Api.Features.Reports;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>A report for reading and printing, made from its frozen bytes and nothing else.</summary>
[Right(Act.Read, Resource.Report)]
internal sealed class ReportModel(IMediator mediator, AuditLog audit, TimeProvider clock) : PageModel
{
    public ReportContent Report { get; private set; } = null!;

    public string Hash { get; private set; } = null!;

    /// <summary>Projects by field of action, in the order of the counts.</summary>
    public IReadOnlyList<(string Name, IReadOnlyList<ReportProject> Projects)> Fields { get; private set; } = [];

    public IReadOnlyList<ReportProject> Red { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(string number, CancellationToken ct)
    {
        var view = HttpContext.Caller().ViewAt(Berlin.DayOf(clock.GetUtcNow()));
        if (
            !long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var n)
            || await mediator.Send(new GetReport.Query(view, n), ct) is not { } frozen
        )
        {
            return NotFound();
        }
        await audit.TakenAsync(HttpContext, n, frozen.Visibility);
        Report = ReportContent.FromBytes(frozen.Content);
        Hash = ReportContent.Hash(frozen.Content);
        var byField = Report.Projects.ToLookup(p => p.FieldOfAction?.Key);
        Fields =
        [
            .. Report.Counts.FieldsOfAction.Select(f =>
                (f.FieldOfAction?.Name ?? "Ohne Handlungsfeld", (IReadOnlyList<ReportProject>)[.. byField[f.FieldOfAction?.Key]])
            ),
        ];
        Red = [.. Report.Projects.Where(p => p.Shown == Rag.Red || p.Assessed?.Rag == Rag.Red)];
        return Page();
    }

    /// <summary>Title of a project of the report.</summary>
    public string TitleOf(string key) => Report.Projects.FirstOrDefault(p => p.Key == key)?.Title ?? key;

    /// <summary>What a share of complete data is about.</summary>
    public static string NameOf(DataShare share) =>
        share.Field switch
        {
            "lead" => "Federführung",
            "fieldOfAction" => "Handlungsfeld",
            "endsOn" => "Ende",
            "budget" => "Budget",
            "goal" => "Ziel",
            "milestone" => "Meilensteine",
            _ => share.Field,
        };

    /// <summary>The lights of the last cycles in words.</summary>
    public static string Trend(ReportProject project) =>
        string.Join(" → ", project.Trend.Select(light => $"{light.Cycle.Name}: {German.Name(light.Rag)}"));
}
