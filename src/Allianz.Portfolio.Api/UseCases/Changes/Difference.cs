using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Domain;

namespace Allianz.Portfolio.Api.UseCases.Changes;

/// <summary>How many projects a difference names, on all its pages.</summary>
/// <param name="Added">New ones.</param>
/// <param name="Removed">Those that are gone.</param>
/// <param name="Changed">Those about which something changed.</param>
public sealed record DifferenceCounts(int Added, int Removed, int Changed);

/// <summary>A page of what changed between two moments: first the projects that are new, then those that are gone, then those that changed.</summary>
public sealed record Difference : IPage
{
    /// <summary>The revision before.</summary>
    public required long FromRevision { get; init; }

    /// <summary>The day before.</summary>
    public required DateOnly FromDay { get; init; }

    /// <summary>The revision after.</summary>
    public required long ToRevision { get; init; }

    /// <summary>The day after.</summary>
    public required DateOnly ToDay { get; init; }

    /// <summary>How many projects there are on all pages.</summary>
    public required DifferenceCounts Counts { get; init; }

    /// <summary>Projects that are new.</summary>
    public required IReadOnlyList<Reference> Added { get; init; }

    /// <summary>Projects that are gone: deleted, archived, or no longer visible to the reader.</summary>
    public required IReadOnlyList<Reference> Removed { get; init; }

    /// <summary>Projects about which something changed.</summary>
    public required IReadOnlyList<ProjectDifference> Changed { get; init; }

    /// <summary>Cursor of the next page; absent on the last.</summary>
    public string? Next { get; init; }

    /// <summary>The whole on one page.</summary>
    internal static Difference Of(SnapshotDifference whole) =>
        new()
        {
            FromRevision = whole.FromRevision,
            FromDay = whole.FromDay,
            ToRevision = whole.ToRevision,
            ToDay = whole.ToDay,
            Counts = new(whole.Added.Count, whole.Removed.Count, whole.Changed.Count),
            Added = whole.Added,
            Removed = whole.Removed,
            Changed = whole.Changed,
        };

    /// <summary>The page that is asked for.</summary>
    internal static Difference Of(SnapshotDifference whole, ReadRequest read)
    {
        var page = read.Slice(
            [
                .. whole.Added.Select(project => (Key: "added/" + project.Key, Item: (object)project)),
                .. whole.Removed.Select(project => (Key: "removed/" + project.Key, Item: (object)project)),
                .. whole.Changed.Select(changed => (Key: "changed/" + changed.Project.Key, Item: (object)changed)),
            ],
            entry => entry.Key
        );
        return Of(whole) with
        {
            Added = [.. In("added/").Cast<Reference>()],
            Removed = [.. In("removed/").Cast<Reference>()],
            Changed = [.. In("changed/").Cast<ProjectDifference>()],
            Next = page.Next,
        };

        IEnumerable<object> In(string list) =>
            page.Data.Where(entry => entry.Key.StartsWith(list, StringComparison.Ordinal)).Select(entry => entry.Item);
    }
}
