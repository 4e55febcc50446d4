using System.ComponentModel.DataAnnotations;

namespace Allianz.Portfolio.Domain.Kinds;

/// <summary>A report that is being prepared. It holds what people write; the rest comes from the portfolio when it is issued.</summary>
public sealed record ReportDraft : Versioned, IVisibleToBoard
{
    /// <summary>Code of the finding that a project has two comments.</summary>
    public const string TwoComments = "twoComments";

    /// <summary>Title of the report.</summary>
    [Required, Text(200)]
    public required string Title { get; init; }

    /// <summary>Who may see the report that it becomes; when it is for a meeting, not before the board has dealt with it.</summary>
    public required Visibility Visibility { get; init; }

    /// <summary>Key of the board's meeting that it is for.</summary>
    [PortfolioKey, Refers("BoardMeeting")]
    public string? Meeting { get; init; }

    /// <summary>The coordination's foreword.</summary>
    [Lines(8000)]
    public string? Foreword { get; init; }

    /// <summary>The coordination's comments on projects, one for each at most.</summary>
    [MaxLength(200, ErrorMessage = "At most 200 comments.")]
    public IReadOnlyList<ProjectComment> Comments { get; init; } = [];

    /// <summary>It follows up the council's mandates, too (German: Beschlussverfolgung).</summary>
    public bool WithMandates { get; init; }

    /// <summary>Number of the report that it became; then it does not change any more.</summary>
    [Outgoing]
    public long? Report { get; init; }

    /// <summary>What holds for a draft.</summary>
    public static IEnumerable<FieldError> Rules(ReportDraft draft, DateOnly today) =>
        [
            .. Rule.Audience(draft.Visibility),
            .. draft
                .Comments.Index()
                .GroupBy(comment => comment.Item.Project)
                .SelectMany(same => same.Skip(1))
                .Select(twice => new FieldError($"/comments/{twice.Index}/project", "A project can have only one comment.")
                {
                    Code = TwoComments,
                }),
        ];
}

/// <summary>The coordination's comment on a project in a report.</summary>
public sealed record ProjectComment : IValue
{
    /// <summary>Key of the project.</summary>
    [Required, PortfolioKey]
    public required string Project { get; init; }

    /// <summary>The comment.</summary>
    [Required, Lines(2000)]
    public required string Text { get; init; }
}
