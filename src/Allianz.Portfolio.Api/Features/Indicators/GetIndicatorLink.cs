using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Features.Projects;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Indicators;

internal static class GetIndicatorLink
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/projects/{project}/indicators/{indicatorLink}",
                (string project, string indicatorLink, Reading read, IMediator mediator, CancellationToken ct) =>
                    mediator.IndicatorLinkAsync(read.View, project, indicatorLink, ct)
            )
            .Reads<IndicatorLink>("A project's link to an indicator")
            .For(Right.Read(Resource.IndicatorLink));

    /// <summary>One link, or 404.</summary>
    public static async Task<IndicatorLink> IndicatorLinkAsync(
        this IMediator mediator,
        View view,
        string project,
        string key,
        CancellationToken ct
    ) => (await mediator.Send(new ListIndicatorLinks.Query(view, project), ct)).WithKey(key, x => x.Key, "indicator link");
}
