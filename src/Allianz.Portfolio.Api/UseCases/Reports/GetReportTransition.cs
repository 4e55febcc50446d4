using System.Globalization;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Documents;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.Reports;

internal static class GetReportTransition
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/reports/{number}/transitions/{transition}",
                async (string number, string transition, ReadRequest read, IMediator mediator, CancellationToken ct) =>
                    await mediator.ReportTransitionAsync(read.View, number, transition, ct)
                    ?? throw Problem.NotFound("step of this report", transition)
            )
            .Reads<ReportTransition>("A step of a report on its way through the board")
            .For(Right.Read(Resource.ReportTransition));

    /// <summary>One step; null when there is none for this reader.</summary>
    public static async Task<ReportTransition?> ReportTransitionAsync(
        this IMediator mediator,
        View view,
        string report,
        string transition,
        CancellationToken ct
    ) =>
        (await mediator.Send(new ListReportTransitions.Query(view, report), ct))?.FirstOrDefault(t =>
            t.Number.ToString(CultureInfo.InvariantCulture) == transition
        );
}
