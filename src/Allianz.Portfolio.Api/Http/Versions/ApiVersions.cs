using System.Collections.Frozen;
using Allianz.Portfolio.Api.Errors;

namespace Allianz.Portfolio.Api.Http.Versions;

/// <summary>The versions of the API, the oldest first.</summary>
internal sealed class ApiVersions
{
    private readonly TimeProvider _clock;
    private readonly FrozenDictionary<string, ApiVersion> _byName;

    public ApiVersions(IReadOnlyList<ApiRelease> releases, TimeProvider clock)
    {
        _clock = clock;
        if (releases.Count == 0 || !releases.Select(r => r.Date).SequenceEqual(releases.Select(r => r.Date).Order().Distinct()))
        {
            throw new InvalidOperationException("Versions of the API must be declared in order, each once.");
        }
        foreach (var release in releases)
        {
            if (release.SunsetOn < release.DeprecatedOn || release is { SunsetOn: not null, DeprecatedOn: null })
            {
                throw new InvalidOperationException($"{release.Date}: a version must be deprecated before it ends.");
            }
        }
        if (releases[^1].DeprecatedOn is not null)
        {
            throw new InvalidOperationException("The newest version of the API cannot be deprecated.");
        }
        foreach (var changes in releases.Reverse().SelectMany(r => r.Changes.Reverse()).GroupBy(change => change.Type))
        {
            var names = JsonRules.Output.GetTypeInfo(changes.Key).Properties.Select(p => p.Name).ToHashSet();
            foreach (var change in changes)
            {
                change.Check(names);
            }
        }
        All =
        [
            .. releases.Select(release => new ApiVersion(
                release,
                [.. releases.Reverse().SelectMany(r => r.Changes.Reverse().Where(change => change.Concerns(r.Date <= release.Date)))]
            )),
        ];
        _byName = All.ToFrozenDictionary(version => version.Name);
    }

    /// <summary>All that are declared, also those that have ended.</summary>
    public IReadOnlyList<ApiVersion> All { get; }

    /// <summary>The newest.</summary>
    public ApiVersion Newest => All[^1];

    /// <summary>Those that may be asked for, the oldest first.</summary>
    public IEnumerable<ApiVersion> Served
    {
        get
        {
            var now = _clock.GetUtcNow();
            return All.Where(version => !version.IsEnded(now));
        }
    }

    /// <summary>What those get who say nothing: the oldest that is served, so that a new version breaks nobody.</summary>
    public ApiVersion Default => All[0].IsEnded(_clock.GetUtcNow()) ? Served.First() : All[0];

    /// <summary>Whether it may be asked for.</summary>
    public bool IsServed(DateOnly date) => Served.Any(version => version.Release.Date == date);

    /// <summary>The names of those that may be asked for.</summary>
    public string Names => string.Join(", ", Served.Select(version => version.Name));

    /// <summary>The version of this name; 400 when there is none, or none any more.</summary>
    public ApiVersion Require(string? name) =>
        name is null || !_byName.TryGetValue(name, out var version) ? throw Problem.UnknownVersion(ApiVersion.Header, Names)
        : version.IsEnded(_clock.GetUtcNow())
            ? throw Problem.EndedVersion(name, ApiVersion.NameOf(version.Release.SunsetOn!.Value), ApiVersion.Header, Names)
        : version;
}
