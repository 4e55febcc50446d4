using Allianz.Portfolio.Api.Http.Versions;
using Allianz.Portfolio.Api.UseCases.Projects;

namespace Allianz.Portfolio.Api.Host;

/// <summary>
/// The versions of the API, the oldest first. What would break a client is declared here, once; docs/api-versions.md says how. What only adds
/// something comes to all versions and is not declared.
/// </summary>
internal static class ApiReleases
{
    public static readonly IReadOnlyList<ApiRelease> All =
    [
        new(new DateOnly(2026, 12, 1)),
        new(
            new DateOnly(2026, 12, 15),
            ApiChange.Renamed<ProjectSummary>(
                "rag",
                "shownRag",
                "Lists of projects call the reported light `shownRag`, as the single project does; `rag` is gone there."
            )
        ),
    ];
}
