using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Domain;

namespace Allianz.Portfolio.Api.UseCases.Imports;

/// <summary>
/// Partners or fields of action by their names: what has a name now, what had it once, and what had it and was deleted. Names are the same
/// as <see cref="PlainText.Same"/> says; two that are only alike are two.
/// </summary>
internal sealed class KnownNames
{
    private readonly Dictionary<string, List<NameRow>> _byName = [];
    private readonly Dictionary<string, string> _byKey = [];
    private readonly HashSet<string> _keys = [];
    private readonly Dictionary<string, string> _byLetters = [];
    private readonly Dictionary<int, List<string>> _byLength = [];

    public static async Task<KnownNames> ReadAsync(Session session, Statement statement, DateOnly today, CancellationToken ct)
    {
        var names = new KnownNames();
        foreach (var row in await session.QueryAsync<NameRow>(statement, View.All(today), null, ct))
        {
            names.Add(row);
        }
        return names;
    }

    /// <summary>From now on the name is that of a new one.</summary>
    public void Add(string name, string key) =>
        Add(
            new NameRow
            {
                Key = key,
                Name = name,
                IsThere = true,
                IsNow = true,
                Means = key,
            }
        );

    /// <summary>The key of what is there under a key; null when nothing is.</summary>
    public string? ByKey(string key) => _byKey.GetValueOrDefault(key.ToLowerInvariant());

    /// <summary>Whether the key is or was in use.</summary>
    public bool IsTaken(string key) => _keys.Contains(key);

    /// <summary>Keys of what has the name: of what has it now or else of what had it once. More than one where several have it.</summary>
    public IReadOnlyList<string> Named(string name)
    {
        var there = _byName.GetValueOrDefault(PlainText.Same(name), []).Where(row => row.IsThere).ToList();
        return [.. there.Where(row => row.IsNow == there.Any(r => r.IsNow)).Select(row => row.Means).Distinct()];
    }

    /// <summary>The key of something deleted that had the name.</summary>
    public string? Deleted(string name) => _byName.GetValueOrDefault(PlainText.Same(name), []).FirstOrDefault(row => !row.IsThere)?.Key;

    /// <summary>Another name that may mean the same: the same letters and digits, or one of them more, less or other.</summary>
    public string? Like(string name)
    {
        var letters = Keys.Letters(name).Replace("-", "", StringComparison.Ordinal);
        if (letters.Length == 0)
        {
            return null;
        }
        if (_byLetters.TryGetValue(letters, out var same))
        {
            return same;
        }
        // With one letter other, short names would nearly all be alike.
        return letters.Length < 8
            ? null
            : Enumerable
                .Range(letters.Length - 1, 3)
                .SelectMany(length => _byLength.GetValueOrDefault(length, []))
                .Where(other => DifferInOne(letters, other))
                .Select(other => _byLetters[other])
                .FirstOrDefault();
    }

    private static bool DifferInOne(string a, string b)
    {
        var begin = a.AsSpan().CommonPrefixLength(b);
        var end = 0;
        var most = Math.Min(a.Length, b.Length) - begin;
        while (end < most && a[^(end + 1)] == b[^(end + 1)])
        {
            end++;
        }
        return begin + end >= Math.Max(a.Length, b.Length) - 1;
    }

    private void Add(NameRow row)
    {
        var same = PlainText.Same(row.Name);
        if (!_byName.TryGetValue(same, out var rows))
        {
            _byName[same] = rows = [];
        }
        rows.Add(row);
        _keys.Add(row.Key);
        if (!row.IsThere)
        {
            return;
        }
        _byKey[row.Key] = row.Means;
        var letters = Keys.Letters(row.Name).Replace("-", "", StringComparison.Ordinal);
        if (letters.Length > 0 && _byLetters.TryAdd(letters, row.Name))
        {
            if (!_byLength.TryGetValue(letters.Length, out var list))
            {
                _byLength[letters.Length] = list = [];
            }
            list.Add(letters);
        }
    }

    private sealed record NameRow
    {
        public required string Key { get; init; }
        public required string Name { get; init; }
        public required bool IsThere { get; init; }
        public required bool IsNow { get; init; }

        /// <summary>The key that stands for it: that of another one into which it was merged.</summary>
        public required string Means { get; init; }
    }
}
