using Allianz.Portfolio.Api.Security;
using Microsoft.AspNetCore.Routing.Template;

namespace Allianz.Portfolio.Api.Http;

/// <summary>Answers what no endpoint takes: 404 where there is nothing, 405 with <c>Allow</c> where there is something else.</summary>
internal static class NothingElse
{
    public static void MapNothingElse(this IEndpointRouteBuilder app) =>
        app.MapFallback("{*path}", Answer).ExcludeFromDescription().For(Right.Read(Resource.Frame));

    /// <summary>HEAD is GET whose body the server keeps back.</summary>
    public static Task HeadIsGet(HttpContext context, RequestDelegate next)
    {
        if (HttpMethods.IsHead(context.Request.Method))
        {
            context.Request.Method = HttpMethods.Get;
            context.Response.Body = Stream.Null;
        }
        return next(context);
    }

    private static IResult Answer(HttpContext context, EndpointDataSource endpoints)
    {
        // The router itself offers 405 and 415 only where nothing else fits, and this endpoint fits everywhere.
        var methods = endpoints
            .Endpoints.OfType<RouteEndpoint>()
            .Where(e =>
                !e.RoutePattern.Parameters.Any(p => p.IsCatchAll)
                && new TemplateMatcher(new RouteTemplate(e.RoutePattern), []).TryMatch(context.Request.Path, [])
            )
            .SelectMany(e => e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [])
            .Distinct()
            .ToList();
        if (methods.Count == 0)
        {
            return Results.StatusCode(StatusCodes.Status404NotFound);
        }
        if (methods.Contains(context.Request.Method))
        {
            return Results.StatusCode(StatusCodes.Status415UnsupportedMediaType);
        }
        if (methods.Contains(HttpMethods.Get))
        {
            methods.Add(HttpMethods.Head);
        }
        context.Response.Headers.Allow = string.Join(", ", methods.Append(HttpMethods.Options).Distinct());
        return HttpMethods.IsOptions(context.Request.Method)
            ? Results.NoContent()
            : Results.StatusCode(StatusCodes.Status405MethodNotAllowed);
    }
}
