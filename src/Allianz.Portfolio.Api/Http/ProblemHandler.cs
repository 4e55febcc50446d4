using System.Diagnostics;
using System.Globalization;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http.Versions;
using Allianz.Portfolio.Api.Security;
using Microsoft.AspNetCore.Diagnostics;

namespace Allianz.Portfolio.Api.Http;

/// <summary>Problems as answers.</summary>
internal static class ProblemAnswers
{
    /// <summary>Writes the answer.</summary>
    public static async Task WriteAsync(this Problem problem, HttpContext context)
    {
        context.Response.StatusCode = problem.Status;
        if (problem.Status == StatusCodes.Status401Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer realm=\"Allianz.Portfolio\"";
        }
        problem.SayWhen(context.Response);
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsJsonAsync(
            MemberNames.OfRequest(context, problem.Document(Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier)),
            context.Version().Output,
            "application/problem+json",
            context.RequestAborted
        );
    }

    /// <summary>When to come again, as a header.</summary>
    public static void SayWhen(this Problem problem, HttpResponse response)
    {
        if (problem.RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = RateLimits.Seconds(wait).ToString(CultureInfo.InvariantCulture);
        }
    }
}

/// <summary>Answers exceptions: a <see cref="Problem"/> as it says, anything else as 500 without a word about the inside.</summary>
internal sealed class ProblemHandler(PortfolioDatabase database, ILogger<ProblemHandler> log) : IExceptionHandler
{
    /// <summary>What is none of the request's fault and may be over soon: other writers, no room, a database that does not answer. Null for all else.</summary>
    public static Problem? Passing(Exception exception, PortfolioDatabase database) =>
        exception is Problem { Status: StatusCodes.Status503ServiceUnavailable } problem ? problem
        : database.Dialect.IsConflictBetweenWriters(exception) || database.Dialect.IsTimeoutOfWriter(exception)
            ? Problem.OfStatus(StatusCodes.Status503ServiceUnavailable)
        : database.Dialect.IsUnreachable(exception) ? Problem.Unavailable()
        : database.NotesFull(exception) ? Problem.Full()
        : null;

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var problem = exception switch
        {
            Problem p => p,
            BadHttpRequestException { StatusCode: 408 or 413 } bad => Problem.OfStatus(bad.StatusCode),
            BadHttpRequestException => Problem.Malformed("The request could not be read: it ended too early or is not well-formed."),
            OperationCanceledException when httpContext.RequestAborted.IsCancellationRequested => null,
            _ when database.Dialect.IsForeignKeyViolation(exception) => Problem.Gone(),
            _ => Passing(exception, database) ?? Problem.Ours(),
        };
        if (problem?.Status == 500)
        {
            log.LogError(exception, "{Method} {Path} failed", httpContext.Request.Method, httpContext.Request.Path);
        }
        if (problem is not null)
        {
            await problem.WriteAsync(httpContext);
        }
        return true;
    }
}
