using System.ComponentModel.DataAnnotations;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Reports;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using AutoMapper;

namespace Allianz.Portfolio.Api.Features.ReportDrafts;

/// <summary>A report that is being prepared. It holds what people write; the rest comes from the portfolio when it is issued.</summary>
public sealed record ReportDraft : IRevised
{
    /// <summary>Permanent, readable key.</summary>
    public required string Key { get; init; }

    /// <summary>Title of the report.</summary>
    public required string Title { get; init; }

    /// <summary>Who may see the report, once the board has dealt with it.</summary>
    public required Visibility Visibility { get; init; }

    /// <summary>Key of the board's meeting that it is for.</summary>
    public string? Meeting { get; init; }

    /// <summary>The coordination's foreword.</summary>
    public string? Foreword { get; init; }

    /// <summary>The coordination's comments on projects.</summary>
    public required IReadOnlyList<ProjectComment> Comments { get; init; }

    /// <summary>It follows up the council's mandates, too (Beschlussverfolgung).</summary>
    public bool WithMandates { get; init; }

    /// <summary>Number of the report that it became; then it does not change any more.</summary>
    public long? Report { get; init; }

    /// <summary>Invented for demonstration ("Beispieldaten").</summary>
    public bool Sample { get; init; }

    /// <summary>The revision that last changed it.</summary>
    public required long Revision { get; init; }

    internal static ReportDraft Example =>
        new()
        {
            Key = "sitzung-2026-12-08",
            Title = "Sachstandsbericht zur Sitzung des Verwaltungsvorstands",
            Visibility = Visibility.Public,
            Meeting = "2026-12-08",
            Foreword = "Die Allianz ist auf gutem Weg; zwei Projekte brauchen eine Entscheidung.",
            Comments = [new ProjectComment("parken-in-hoerde", "Der zweite Standort hängt an der Flächenfrage.")],
            Revision = 429,
        };
}

/// <summary>The coordination's comment on a project in a report.</summary>
/// <param name="Project">Key of the project.</param>
/// <param name="Text">The comment.</param>
public sealed record ProjectComment(string Project, string Text);

/// <summary>The coordination's comment on a project, as a client gives it.</summary>
public sealed record ProjectCommentFields
{
    /// <summary>Key of the project.</summary>
    [Required, PortfolioKey]
    public required string Project { get; init; }

    /// <summary>The comment.</summary>
    [Required, Lines(2000)]
    public required string Text { get; init; }
}

/// <summary>What a client can set of a report's draft.</summary>
public record ReportDraftFields
{
    /// <summary>Title of the report.</summary>
    [Required, Text(200)]
    public required string Title { get; init; }

    /// <summary>Who may see the report; when it is for a meeting, not before the board has dealt with it.</summary>
    public required Visibility Visibility { get; init; }

    /// <summary>Key of the board's meeting that it is for.</summary>
    [PortfolioKey]
    public string? Meeting { get; init; }

    /// <summary>The coordination's foreword.</summary>
    [Lines(8000)]
    public string? Foreword { get; init; }

    /// <summary>The coordination's comments on projects, one for each at most.</summary>
    [MaxLength(200, ErrorMessage = "At most 200 comments.")]
    public IReadOnlyList<ProjectCommentFields> Comments { get; init; } = [];

    /// <summary>It follows up the council's mandates, too (Beschlussverfolgung).</summary>
    public bool WithMandates { get; init; }

    /// <summary>Invented for demonstration ("Beispieldaten").</summary>
    public bool Sample { get; init; }

    internal static object PatchExample => new { foreword = "Die Allianz ist auf gutem Weg; ein Projekt braucht eine Entscheidung." };

    internal IEnumerable<FieldError> Rules() =>
        [
            .. Rule.When(Visibility == Visibility.Administration, "/visibility", "A report is public, alliance or board."),
            .. Comments
                .Select((comment, n) => (comment.Project, n))
                .GroupBy(c => c.Project)
                .SelectMany(same => same.Skip(1))
                .Select(twice => new FieldError($"/comments/{twice.n}/project", "There is a comment on this project already.")),
        ];

    /// <summary>What it refers to is there. A comment on a project that the report's readers do not see would be lost.</summary>
    internal async Task DemandReferencesAsync(Revision revision, CancellationToken ct)
    {
        await References.DemandMeetingAsync(revision, Meeting, ct);
        var n = 0;
        foreach (var comment in Comments)
        {
            var pointer = $"/comments/{n++}/project";
            var project =
                await revision.FindAsync<Project>(comment.Project, ct)
                ?? throw Problem.Invalid(pointer, $"There is no project '{comment.Project}'.");
            if (project.Visibility > Visibility || project.Archived)
            {
                throw Problem.Invalid(pointer, $"Project '{comment.Project}' is not in a report of this visibility.");
            }
        }
    }

    internal ReportDraftRow To(ReportDraftRow row) =>
        row with
        {
            Title = Title,
            Visibility = Visibility,
            Meeting = Meeting,
            Foreword = Foreword,
            Comments = Packed.Pack([.. Comments.Select(c => new ProjectComment(c.Project, c.Text))]),
            WithMandates = WithMandates,
            Sample = Sample,
        };

    internal sealed class Mapping : Profile
    {
        public Mapping()
        {
            CreateMap<ReportDraftRow, ReportDraftFields>()
                .ForMember(
                    d => d.Comments,
                    o =>
                        o.MapFrom(r =>
                            Packed
                                .Unpack<ProjectComment>(r.Comments)
                                .Select(c => new ProjectCommentFields { Project = c.Project, Text = c.Text })
                                .ToList()
                        )
                );
            CreateMap<ReportDraftRow, ReportDraft>()
                .ForMember(d => d.Comments, o => o.MapFrom(r => Packed.Unpack<ProjectComment>(r.Comments)))
                .ForMember(d => d.Revision, o => o.MapFrom(r => r.FromRevision));
        }
    }
}

/// <summary>A new draft of a report.</summary>
public sealed record NewReportDraft : ReportDraftFields
{
    /// <summary>Permanent, readable key; made from the title when not given. It is never given twice.</summary>
    [PortfolioKey]
    public string? Key { get; init; }

    internal static NewReportDraft Example =>
        new()
        {
            Key = "sitzung-2026-12-08",
            Title = "Sachstandsbericht zur Sitzung des Verwaltungsvorstands",
            Visibility = Visibility.Public,
            Foreword = "Die Allianz ist auf gutem Weg; zwei Projekte brauchen eine Entscheidung.",
            Comments = [new ProjectCommentFields { Project = "parken-in-hoerde", Text = "Der zweite Standort hängt an der Flächenfrage." }],
        };
}

/// <summary>What is said when a draft is issued.</summary>
public sealed record DraftIssue
{
    /// <summary>The revision whose state the report shows; otherwise the newest.</summary>
    [Range(typeof(long), "1", "2147483647")]
    public long? Revision { get; init; }

    /// <summary>Number of the report that it replaces, when it corrects one.</summary>
    public int? Replaces { get; init; }

    /// <summary>Why it replaces it.</summary>
    [Lines(1000)]
    public string? ReplacesReason { get; init; }

    internal static DraftIssue Example => new() { Revision = 428 };

    internal ReportOrder Order(ReportDraftRow draft) =>
        new()
        {
            Title = draft.Title,
            Visibility = draft.Visibility,
            Meeting = draft.Meeting,
            Foreword = draft.Foreword,
            Comments = Packed.Unpack<ProjectComment>(draft.Comments).ToDictionary(c => c.Project, c => c.Text),
            WithMandates = draft.WithMandates,
            Revision = Revision,
            Replaces = Replaces,
            ReplacesReason = ReplacesReason,
        };
}
