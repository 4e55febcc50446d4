using System.Globalization;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Kinds;
using Allianz.Portfolio.Api.Security;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.Reports;

/// <summary>Whether a report is still what was issued.</summary>
public sealed record ReportVerification
{
    /// <summary>Number of the report.</summary>
    public required long Number { get; init; }

    /// <summary>When it was issued.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>The hash that was noted when it was issued: what <c>sha256sum</c> must show of its JSON file.</summary>
    public required string Hash { get; init; }

    /// <summary>Its bytes have that hash, it follows the report before it, and the ledger noted the same.</summary>
    public required bool IsWhole { get; init; }

    /// <summary>What is wrong, when something is.</summary>
    public string? Why { get; init; }

    /// <summary>Number of the report that replaces it: what is whole may be out of date.</summary>
    public long? ReplacedBy { get; init; }

    internal static ReportVerification Example =>
        new()
        {
            Number = 12,
            IssuedAt = new(2026, 12, 3, 9, 0, 0, TimeSpan.Zero),
            Hash = "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef",
            IsWhole = true,
        };
}

internal static class VerifyReport
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/reports/{number}/verify",
                async (string number, ReadRequest read, IMediator mediator, CancellationToken ct) =>
                    long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var n)
                    && await mediator.Send(new Query(read.View, n, null), ct) is { } verification
                        ? verification
                        : throw Problem.NotFound("report", number)
            )
            .ReadsNow<ReportVerification>("Check a report: bytes, hash, chain and ledger")
            .For(Right.Read(Resource.Report));

    private static readonly Statement _numbered = new(from =>
        $"{Columns(from)} FROM Report r WHERE r.Number = @number AND {ReportSight.Of(from)}"
    );

    // Who has the hash has the report, or the one after it, which names it: he is told what he holds, not what stands in it.
    private static readonly Statement _hashed = new(from => $"{Columns(from)} FROM Report r WHERE r.Hash = @hash");

    private static string Columns(Sources from) =>
        $"SELECT r.Number, r.IssuedAt, r.Hash, (SELECT MAX(n.Number) FROM Report n WHERE n.Replaces = r.Number AND {ReportSight.Of(from, "n")}) AS ReplacedBy";

    /// <param name="View">Whose eyes.</param>
    /// <param name="Number">The report of this number, when the reader may see it.</param>
    /// <param name="Hash">Otherwise the report of this hash, whoever asks.</param>
    public sealed record Query(View View, long? Number, string? Hash) : IRequest<ReportVerification?>;

    public sealed class Handler(PortfolioDatabase database) : IRequestHandler<Query, ReportVerification?>
    {
        public async Task<ReportVerification?> Handle(Query request, CancellationToken cancellationToken)
        {
            var (view, number, hash) = request;
            await using var session = await database.OpenAsync(cancellationToken);
            var row = number is { } n
                ? await session.FirstAsync<Row>(_numbered, view, new { number = n, upTo = long.MaxValue }, cancellationToken)
                : await session.FirstAsync<Row>(_hashed, view, new { hash, upTo = long.MaxValue }, cancellationToken);
            if (row is null)
            {
                return null;
            }
            var wrong = await ReportChain.BreakOfAsync(session, row.Number, cancellationToken);
            return new()
            {
                Number = row.Number,
                IssuedAt = row.IssuedAt,
                Hash = row.Hash,
                IsWhole = wrong is null,
                Why = wrong,
                ReplacedBy = row.ReplacedBy,
            };
        }
    }

    public sealed record Row
    {
        public required long Number { get; init; }
        public required DateTimeOffset IssuedAt { get; init; }
        public required string Hash { get; init; }
        public long? ReplacedBy { get; init; }
    }
}
