using Allianz.Portfolio.Api.Errors;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace Allianz.Portfolio.Api.Security;

/// <summary>
/// Writes into the audit that somebody who is known asked for what it may not: at the door of an endpoint, where people are told that there is
/// nothing, and in a command. What is hidden is no refusal: whoever asks for it cannot tell it from what does not exist.
/// </summary>
internal sealed class RefusedAccess(AuditLog audit) : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler _answers = new();

    public async Task HandleAsync(
        RequestDelegate next,
        HttpContext context,
        AuthorizationPolicy policy,
        PolicyAuthorizationResult authorizeResult
    )
    {
        if (authorizeResult.Forbidden)
        {
            await WriteAsync(audit, context);
        }
        await _answers.HandleAsync(next, context, policy, authorizeResult);
    }

    /// <summary>Around all that may refuse.</summary>
    public static async Task Note(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (Problem problem) when (problem.Status == StatusCodes.Status403Forbidden)
        {
            await WriteAsync(context.RequestServices.GetRequiredService<AuditLog>(), context);
            throw;
        }
    }

    private static Task WriteAsync(AuditLog audit, HttpContext context)
    {
        var caller = context.Caller();
        // Somebody who must set up a second factor first acts as nobody yet.
        var actor = context.SignedIn()?.Account.Actor ?? (caller.Role == Role.Anonymous ? null : caller.Name);
        var endpoint = context.GetEndpoint();
        var address = (endpoint as RouteEndpoint)?.RoutePattern.RawText is { } pattern ? " /" + pattern.TrimStart('/') : null;
        return actor is null
            ? Task.CompletedTask
            : audit.WriteAsync(
                AuditEvent.AccessRefused,
                context,
                actor,
                null,
                endpoint?.Metadata.GetMetadata<Right>() + address,
                context.RequestAborted
            );
    }
}
