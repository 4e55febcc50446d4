using System.Text.RegularExpressions;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Mail;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests.Support;

/// <summary>Letters that wait in the outbox, read as their recipient would.</summary>
internal static partial class Letters
{
    private static readonly Statement _sql = new(_ =>
        "SELECT l.Id, l.Content FROM Letter l WHERE l.Recipient = @to AND l.Content IS NOT NULL ORDER BY l.CreatedAt, l.Id"
    );

    public static async Task<IReadOnlyList<Letter>> LettersAsync(this PortfolioHost host, string to)
    {
        var outbox = host.Services.GetRequiredService<Outbox>();
        await using var session = await host.Services.GetRequiredService<PortfolioDatabase>().OpenAsync(default);
        return [.. (await session.QueryAsync<Row>(_sql, null, new { to }, default)).Select(r => outbox.Read(r.Id, r.Content))];
    }

    /// <summary>The link of the newest letter, from its path on.</summary>
    public static async Task<string> LinkAsync(this PortfolioHost host, string to)
    {
        var letter = (await host.LettersAsync(to))[^1];
        return new Uri(Address().Match(letter.Text).Value).PathAndQuery;
    }

    [GeneratedRegex(@"https?://\S+")]
    private static partial Regex Address();

    private sealed record Row
    {
        public required Guid Id { get; init; }
        public required byte[] Content { get; init; }
    }
}
