using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Allianz.Portfolio.Tests.Support;

/// <summary>
/// Every secret that tests make, and everything that the program writes while they run: the one must not stand in the other. A test that makes
/// a secret says so (<see cref="Add"/>); API keys of <see cref="PortfolioHost.ClientAsync"/> and answers with a <c>secret</c> are known already.
/// </summary>
internal static class Secrets
{
    /// <summary>Characters that are kept before they are looked through: enough for a secret to become known after it was written.</summary>
    private const int Most = 16 * 1024 * 1024;

    private static readonly ConcurrentDictionary<string, string> _kinds = new(StringComparer.Ordinal);
    private static readonly Lock _gate = new();
    private static readonly List<string> _leaks = [];
    private static List<string> _older = [];
    private static List<string> _newer = [];
    private static int _size;

    /// <summary>Characters looked through so far.</summary>
    public static long Seen { get; private set; }

    /// <summary>How many secrets are known.</summary>
    public static int Count => _kinds.Count;

    /// <param name="kind">What it is, for the message.</param>
    /// <param name="secret">What must be in no log. Nothing is added when there is none.</param>
    /// <returns>The secret.</returns>
    public static string? Add(string kind, string? secret)
    {
        if (secret is not null)
        {
            Assert.That(secret, Has.Length.GreaterThanOrEqualTo(6), "A shorter one would be found in anything.");
            _kinds[secret] = kind;
        }
        return secret;
    }

    /// <summary>Something was written.</summary>
    public static void See(string where, string text)
    {
        lock (_gate)
        {
            _newer.Add($"{where}: {text}");
            _size += text.Length;
            Seen += text.Length;
            if (_size > Most)
            {
                Look(_older);
                (_older, _newer, _size) = (_newer, [], 0);
            }
        }
    }

    /// <summary>What was found.</summary>
    public static IReadOnlyList<string> Leaks()
    {
        lock (_gate)
        {
            Look(_older);
            Look(_newer);
            return [.. _leaks];
        }
    }

    private static void Look(List<string> lines)
    {
        var all = SearchValues.Create([.. _kinds.Keys], StringComparison.Ordinal);
        foreach (var line in lines.Where(line => line.AsSpan().ContainsAny(all)))
        {
            foreach (var (secret, kind) in _kinds.Where(s => line.Contains(s.Key, StringComparison.Ordinal)))
            {
                _leaks.Add($"{kind} stands in: {line.Replace(secret, "***", StringComparison.Ordinal)}");
            }
        }
        lines.Clear();
    }

    /// <summary>Sees all that is logged, at every level.</summary>
    public sealed class Logs : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => new Listener(categoryName);

        public void Dispose() { }

        private sealed class Listener(string category) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

            public void Log<TState>(
                LogLevel logLevel,
                EventId eventId,
                TState state,
                Exception? exception,
                Func<TState, Exception?, string> formatter
            ) => See($"{logLevel} {category}", $"{formatter(state, exception)} {exception}");
        }
    }

    /// <summary>Sees what is written on standard output or error, and passes it on.</summary>
    public sealed class Tee(string where, TextWriter next) : TextWriter
    {
        public override Encoding Encoding => next.Encoding;

        public override void Write(char value) => Write(value.ToString());

        public override void Write(string? value)
        {
            See(where, value ?? "");
            next.Write(value);
        }

        public override void WriteLine(string? value) => Write(value + Environment.NewLine);

        public override void Flush() => next.Flush();
    }
}
