/**
 * Signing in, and staying so. The access token lives in memory only; the refresh token is a cookie that no script sees.
 * That a token ran out, or that no server answers, never takes anything away: it only pauses sending.
 */

import type { Person } from "../model.ts";
import type { Reply, Request, Send } from "./http.ts";
import { isSignedIn } from "./shapes.ts";
import type { World } from "./world.ts";

/** A reply to a request that needed a token; `refused`: the sign-in has run out. */
export type SignedReply = Reply | { readonly kind: "refused" };

/** Sends requests in a person's name. */
export type SignedSend = (request: Request) => Promise<SignedReply>;

const CLIENT = { "Muster-Client": "1" };
const REFRESH_LOCK = "muster-refresh";

/** Asks the server to sign somebody in. */
export function logIn(send: Send, body: { school_code: string; username: string; password: string }): Promise<Reply> {
  return send({ path: "/auth/login", method: "POST", body });
}

/** Tells the server that this device signs out. Answers whether it knows; one that is busy or broken does not. */
export async function logOut(send: Send): Promise<boolean> {
  const reply = await send({ path: "/auth/logout", method: "POST", headers: CLIENT });
  return reply.kind === "ok" || (reply.kind === "problem" && reply.status !== 429 && reply.status < 500);
}

/** Who the answer to a sign-in says they are, and their token; null if it is no such answer. */
export function signedInOf(reply: Reply): { person: Person; token: string } | null {
  if (reply.kind !== "ok" || !isSignedIn(reply.body)) return null;
  const { id, name, role, school_id } = reply.body.user;
  return { person: { id, name, role, school_id }, token: reply.body.access_token };
}

/** One person's token on this tab. */
export class SignIn {
  private refreshing: Promise<Reply | { kind: "refused" } | null> | null = null;

  constructor(
    private readonly person_id: string,
    private readonly send: Send,
    private readonly world: Pick<World, "alone">,
    private token: string | null,
    /** Tells the other tabs of a token that was got here. */
    private readonly tell: (token: string) => void,
  ) {}

  /** Takes over the token of a fresh sign-in, or one that another tab has got. */
  renew(token: string): void {
    this.token = token;
  }

  /** Sends with the token; if there is none or it has run out, gets another one, once. */
  readonly request: SignedSend = async (request) => {
    const { token } = this;
    if (token !== null) {
      const reply = await this.sendWith(token, request);
      if (reply.kind !== "problem" || reply.status !== 401) return reply;
    }
    // Another request may have got a new one while this one was under way.
    if (this.token === token || this.token === null) {
      const failure = await this.refresh();
      if (failure !== null) return failure;
    }
    if (this.token === null) return { kind: "refused" };
    const reply = await this.sendWith(this.token, request);
    return reply.kind === "problem" && reply.status === 401 ? { kind: "refused" } : reply;
  };

  private sendWith(token: string, request: Request): Promise<Reply> {
    return this.send({ ...request, headers: { ...request.headers, Authorization: `Bearer ${token}` } });
  }

  /** Gets a token through the cookie, one tab at a time and once for all who wait in any of them; null if that worked. */
  private refresh(): Promise<Reply | { kind: "refused" } | null> {
    const { token } = this;
    // While this tab waited for its turn, the one before it may have told of a token.
    const inTurn = async () => (this.token === token || this.token === null ? await this.refreshNow() : null);
    this.refreshing ??= this.world.alone(REFRESH_LOCK, inTurn).finally(() => {
      this.refreshing = null;
    });
    return this.refreshing;
  }

  private async refreshNow(): Promise<Reply | { kind: "refused" } | null> {
    this.token = null;
    const reply = await this.send({ path: "/auth/refresh", method: "POST", headers: CLIENT });
    if (reply.kind === "problem" && reply.status === 401) return { kind: "refused" };
    if (reply.kind !== "ok") return reply;
    const signed_in = signedInOf(reply);
    if (signed_in === null) return { kind: "unreachable" };
    // The cookie is somebody else's, who signed in on this device since: nothing may be sent in their name.
    if (signed_in.person.id !== this.person_id) return { kind: "refused" };
    this.token = signed_in.token;
    this.tell(signed_in.token);
    return null;
  }
}
