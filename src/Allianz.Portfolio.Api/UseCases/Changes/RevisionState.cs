using System.Text.Json.Serialization;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Domain;

namespace Allianz.Portfolio.Api.UseCases.Changes;

/// <summary>A revision: who did what, when, and what it changed, as far as the caller may see it.</summary>
public sealed record RevisionState
{
    /// <summary>Its number.</summary>
    public required long Revision { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The use case, e.g. <c>createStatusUpdate</c>.</summary>
    public required string Command { get; init; }

    /// <summary>Why; only for the board, the coordination and administrators.</summary>
    public string? Reason { get; init; }

    /// <summary>Who, e.g. <c>key:ihk</c>; only for the board, the coordination and administrators.</summary>
    public string? Actor { get; init; }

    /// <summary>What it changed, in order.</summary>
    public required IReadOnlyList<ChangeState> Changes { get; init; }

    /// <summary>Rows of changes in order, put together by their revisions.</summary>
    internal static List<RevisionState> Of(IEnumerable<VisibleChange> changes, Visibility sight, bool ofOneProject = false) =>
        [
            .. changes
                .GroupBy(c => c.Revision)
                .Select(revision =>
                {
                    var first = revision.First();
                    var inside = sight >= Visibility.Board;
                    return new RevisionState
                    {
                        Revision = first.Revision,
                        At = first.At,
                        Command = first.Command,
                        Reason = inside ? first.Reason : null,
                        Actor = inside ? first.Actor : null,
                        Changes = [.. revision.Select(c => c.For(sight, ofOneProject))],
                    };
                }),
        ];
}

/// <summary>What happened to something, in the eyes of the caller.</summary>
[JsonConverter(typeof(CamelCaseCodes))]
public enum ChangeAction
{
    /// <summary>It is there now, or may be seen now, and was not before. A project comes with all its parts.</summary>
    Created,

    /// <summary>Its fields changed.</summary>
    Updated,

    /// <summary>It is gone, or may not be seen any more. A project goes with all its parts.</summary>
    Deleted,
}

/// <summary>One thing that a revision changed.</summary>
public sealed record ChangeState
{
    /// <summary>What it is, e.g. <c>milestone</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Its key, within its project when it belongs to one.</summary>
    public required string Key { get; init; }

    /// <summary>Key of the project that it belongs to; absent where it belongs to none or the address names it.</summary>
    public string? Project { get; init; }

    /// <summary>What happened to it.</summary>
    public required ChangeAction Action { get; init; }

    /// <summary>
    /// Names of the fields that changed; only for <c>updated</c>. Of accounts, also new ones, role and partner with what they are:
    /// <c>Role=reader</c>, <c>Role=reader&gt;board</c>.
    /// </summary>
    public IReadOnlyList<string>? Fields { get; init; }
}

/// <summary>A row of a change that somebody may see before it, after it, or both.</summary>
internal sealed record VisibleChange
{
    private static readonly string _ownBefore = Sources.OwnChange("UntilRevision");
    private static readonly string _ownAfter = Sources.OwnChange("FromRevision");

    /// <summary>Of a change <c>c</c>, its revision <c>r</c> and its project's anchor <c>k</c>.</summary>
    public static readonly string Columns =
        "c.Revision, c.Kind, c.[Key], k.[Key] AS Project, c.VisibleBefore, c.VisibleAfter, c.Fields, r.At, r.Actor, r.Command, r.Reason, "
        + $"CASE WHEN {_ownBefore} THEN 1 ELSE 0 END AS OwnBefore, CASE WHEN {_ownAfter} THEN 1 ELSE 0 END AS OwnAfter";

    /// <summary>Whether the reader sees a change <c>c</c> at all.</summary>
    public static readonly string IsVisible = $"(c.VisibleBefore <= @sight OR c.VisibleAfter <= @sight OR {_ownBefore} OR {_ownAfter})";

    public required long Revision { get; init; }
    public required string Kind { get; init; }
    public required string Key { get; init; }
    public string? Project { get; init; }
    public Visibility? VisibleBefore { get; init; }
    public Visibility? VisibleAfter { get; init; }

    /// <summary>It was, and is, what the reader's own partner asks of the board.</summary>
    public bool OwnBefore { get; init; }
    public bool OwnAfter { get; init; }
    public string? Fields { get; init; }
    public int Ordinal { get; init; }
    public required DateTimeOffset At { get; init; }
    public required string Actor { get; init; }
    public required string Command { get; init; }
    public string? Reason { get; init; }

    public ChangeState For(Visibility sight, bool ofOneProject)
    {
        // What the caller could not see comes into being for it, and what it cannot see any more is gone.
        var action =
            !(OwnBefore || VisibleBefore <= sight) ? ChangeAction.Created
            : !(OwnAfter || VisibleAfter <= sight) ? ChangeAction.Deleted
            : ChangeAction.Updated;
        return new ChangeState
        {
            Kind = Kind,
            Key = Key,
            Project = ofOneProject || Kind == "project" ? null : Project,
            Action = action,
            Fields = action == ChangeAction.Updated || Kind == "account" ? Fields?.Split(',') : null,
        };
    }
}
