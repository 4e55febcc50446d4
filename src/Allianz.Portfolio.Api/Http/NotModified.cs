using Allianz.Portfolio.Api.Http.Versions;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;

namespace Allianz.Portfolio.Api.Http;

/// <summary>
/// Answers the commonest read of all, "has anything changed?" by somebody without key or cookie, before anything else is set up. It decides as
/// <see cref="ReadFilter"/> does for all others: same address, same reader, same newest revision, same day.
/// </summary>
internal sealed class NotModified(RequestDelegate next, PortfolioLedger ledger, AnswerBasis basis, TimeProvider clock)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (
            request.Headers.IfNoneMatch is [{ } tag]
            && HttpMethods.IsGet(request.Method)
            && request.Headers.Authorization.Count == 0
            && request.Headers.Cookie.Count == 0
            && context.GetEndpoint()?.Metadata.GetMetadata<VersionedRead>() is not null
            // The moment of a look back stands in the query, which is the endpoint's to read.
            && !ReadRequest.LooksBack(request.QueryString)
        )
        {
            var head = await ledger.NewestAsync(context.RequestAborted);
            var view = Caller.Anonymous.ViewAt(Berlin.DayOf(clock.GetUtcNow()));
            var redacted = await basis.RedactedAsync(head, context.RequestAborted);
            var moment = ReadRequest.StateTagOf(basis, request.Path + request.QueryString, view, head, redacted, context.Version());
            if (ReadRequest.OurTag(tag, moment) is { } ours)
            {
                var headers = context.Response.Headers;
                headers.ETag = ours;
                headers.CacheControl = ReadRequest.PublicUntilAskedAgain;
                headers.Vary = ReadRequest.Vary;
                context.Response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }
        }
        await next(context);
    }
}

/// <summary>Marks an endpoint whose answer depends on nothing but its address, its reader, the newest revision and the day.</summary>
internal sealed record VersionedRead;
