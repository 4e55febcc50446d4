using System.Globalization;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Kinds;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.Reports;

internal static class GetReport
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/reports/{number}",
                async (string number, ReadRequest read, HttpContext http, IMediator mediator, AuditLog audit, CancellationToken ct) =>
                {
                    if (
                        !long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var n)
                        || await mediator.Send(new Query(read.View, n), ct) is not { } frozen
                    )
                    {
                        throw Problem.NotFound("report", number);
                    }
                    await audit.TakenAsync(http, n, frozen.Visibility);
                    return new Answer(frozen);
                }
            )
            .Reads<ReportContent>("The frozen bytes of a report")
            .WithDescription(
                "Exactly the bytes that were hashed when it was issued: `sha256sum` of the answer is the hash in the list and in the `Repr-Digest` header (RFC 9530)."
            )
            .For(Right.Read(Resource.Report));

    private static readonly Statement _sql = new(from =>
        $"SELECT r.Visibility, r.Embargoed, r.Hash, r.Content FROM Report r WHERE r.Number = @number AND {ReportSight.Of(from)}"
    );

    public sealed record Query(View View, long Number) : IRequest<Frozen?>;

    /// <summary>A report as it is kept.</summary>
    public sealed record Frozen
    {
        public required Visibility Visibility { get; init; }

        /// <summary>It was made for a meeting of the board, and was the board's until that had dealt with it.</summary>
        public bool Embargoed { get; init; }
        public required string Hash { get; init; }
        public required byte[] Content { get; init; }
    }

    public sealed class Handler(PortfolioDatabase database) : IRequestHandler<Query, Frozen?>
    {
        public async Task<Frozen?> Handle(Query request, CancellationToken cancellationToken)
        {
            await using var session = await database.OpenAsync(cancellationToken);
            return await session.FirstAsync<Frozen>(
                _sql,
                request.View,
                new { number = request.Number, upTo = request.View.Revision ?? long.MaxValue },
                cancellationToken
            );
        }
    }

    /// <summary>Bytes that never change, with what proves it. Its headers take the place of those that other reads get.</summary>
    private sealed class Answer(Frozen report) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var tag = $"\"{report.Hash}\"";
            var response = httpContext.Response;
            response.Headers.ETag = tag;
            // What was held back once is not handed on by those who had it before.
            response.Headers.CacheControl =
                (report is { Visibility: Visibility.Public, Embargoed: false } ? "public" : "private") + ", max-age=31536000, immutable";
            // Of the bytes that are sent, not of the hash that was noted: who compares them sees whether they still agree.
            response.Headers["Repr-Digest"] =
                $"sha-256=:{Convert.ToBase64String(Convert.FromHexString(ReportContent.Hash(report.Content)))}:";
            if (httpContext.Request.Headers.IfNoneMatch.Any(t => t is not null && (t.Contains(tag, StringComparison.Ordinal) || t == "*")))
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }
            response.ContentType = "application/json; charset=utf-8";
            response.ContentLength = report.Content.Length;
            await response.Body.WriteAsync(report.Content, httpContext.RequestAborted);
        }
    }
}
