using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Features.Projects;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Mandates;

internal static class GetMandateLink
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/projects/{project}/mandates/{mandateLink}",
                (string project, string mandateLink, Reading read, IMediator mediator, CancellationToken ct) =>
                    mediator.MandateLinkAsync(read.View, project, mandateLink, ct)
            )
            .Reads<MandateLink>("A project's link to a mandate")
            .For(Right.Read(Resource.MandateLink));

    /// <summary>One link, or 404.</summary>
    public static async Task<MandateLink> MandateLinkAsync(
        this IMediator mediator,
        View view,
        string project,
        string key,
        CancellationToken ct
    ) => (await mediator.Send(new ListMandateLinks.Query(view, project), ct)).WithKey(key, x => x.Key, "mandate link");
}
