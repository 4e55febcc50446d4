namespace Allianz.Portfolio.Api.Http.Versions;

/// <summary>Writes what an endpoint returns as the version of the request has it. Around all endpoints, so that none can forget it.</summary>
internal sealed class VersionFilter : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var result = await next(context);
        return result is null or IResult ? result : Results.Json(result, context.HttpContext.Version().Output);
    }
}
