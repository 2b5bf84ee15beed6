/** As much of Fastly's own client as the test of the local Fastly uses; it brings no types. */
declare module 'fastly' {
  interface User {
    id: string
    login: string
    role: string
    limit_services: boolean
  }
  interface Token {
    id: string
    user_id: string
    scope: string
    expires_at: string | null
  }
  interface Client {
    callApi(...call: unknown[]): Promise<unknown>
    authenticate(token: string): void
    rateLimitRemaining: number
  }
  class ApiClient implements Client {
    static instance: Client
    callApi(...call: unknown[]): Promise<unknown>
    authenticate(token: string): void
    rateLimitRemaining: number
  }
  class InvitationsApi {
    createInvitation(options: { invitation: unknown }): Promise<{ data: unknown }>
    listInvitations(options: { page_number: number; page_size: number }): Promise<{ data: unknown[] }>
  }
  class CustomerApi {
    listUsers(options: { customer_id: string }): Promise<User[]>
  }
  class UserApi {
    getUser(options: { user_id: string }): Promise<User>
    updateUser(options: { user_id: string; role: string; limit_services: boolean }): Promise<User>
    deleteUser(options: { user_id: string }): Promise<unknown>
  }
  class TokensApi {
    getTokenCurrent(): Promise<Token>
    listTokensCustomer(options: { customer_id: string }): Promise<Token[]>
    revokeToken(options: { token_id: string }): Promise<unknown>
  }
  const all: {
    ApiClient: typeof ApiClient
    InvitationsApi: typeof InvitationsApi
    CustomerApi: typeof CustomerApi
    UserApi: typeof UserApi
    TokensApi: typeof TokensApi
  }
  export default all
}
