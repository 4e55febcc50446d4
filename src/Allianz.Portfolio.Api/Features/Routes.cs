using Allianz.Portfolio.Api.Features.ApiKeys;
using Allianz.Portfolio.Api.Features.Milestones;
using Allianz.Portfolio.Api.Features.Projects;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;

namespace Allianz.Portfolio.Api.Features;

/// <summary>The table of contents: one line per slice.</summary>
internal static class Routes
{
    public static void MapApi(this IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/api/v1");

        ListProjects.Map(api);
        GetProject.Map(api);
        CreateProject.Map(api);
        PatchProject.Map(api);
        DeleteProject.Map(api);

        ListMilestones.Map(api);
        GetMilestone.Map(api);
        CreateMilestone.Map(api);
        PatchMilestone.Map(api);
        DeleteMilestone.Map(api);

        ListApiKeys.Map(api);
        CreateApiKey.Map(api);
        RevokeApiKey.Map(api);

        app.MapFallback(() => Results.StatusCode(StatusCodes.Status404NotFound)).For(Policy.Anyone);
    }
}
